import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RefreshRun } from '../../src/history/runs.ts'
import { labModels, openCommandLine, type CommandLine } from './command-line.ts'

let line: CommandLine
beforeEach(async () => {
  line = await openCommandLine()
})
afterEach(() => line.close())

describe('refresh --wait', () => {
  it('shows each state once in a pipe and exits 0 when everything was applied', async () => {
    line.list(labModels(5))
    await line.startWorker()
    const { code, stdout, stderr } = await line.run(['refresh', '--wait'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/✓ lab applied +[\d.]+ m?s {2}\+5 ~0 −0$/m)
    expect(stderr).not.toContain('\u001B')
    const { models, total } = await line.json<{ models: { id: string }[]; total: number }>([
      'models',
      'list',
    ])
    expect(total).toBe(5)
    expect(models[0]).toMatchObject({
      id: 'lab/model-0',
      contextWindow: 128_000,
      prices: { state: 'unknown' },
    })
  })

  it('exits 3 when something is held; approving the run applies it', async () => {
    line.list(labModels(20))
    await line.startWorker()
    expect((await line.run(['refresh', 'lab', '--wait'])).code).toBe(0)
    line.list(labModels(4))
    const { code, stderr } = await line.run(['refresh', 'lab', '--wait'])
    expect(code).toBe(3)
    expect(stderr).toContain('! lab held')
    const [hold] = await line.json<{ id: number; runId: number; reason: string }[]>([
      'holds',
      'list',
    ])
    expect(hold?.reason).toBe('shrink')
    line.list(labModels(3))
    expect((await line.run(['refresh', 'lab', '--wait'])).code).toBe(3)
    const [newer] = await line.json<{ id: number }[]>(['holds', 'list'])
    const { stdout: all } = await line.run(['holds', 'list', '--status', 'all'])
    expect(all).toMatch(new RegExp(`^ *${hold?.id} .* superseded by hold ${newer?.id}$`, 'm'))
    const [run] = await line.json<RefreshRun[]>(['runs'])
    const approved = await line.run([
      'holds',
      'approve',
      '--run',
      String(run?.id),
      '--comment',
      'so be it',
    ])
    expect(approved).toMatchObject({ code: 0, stdout: `hold ${newer?.id} approved, applied\n` })
    for (const id of [hold?.id, newer?.id])
      expect((await line.run(['holds', 'approve', String(id)])).code).toBe(1)
    expect((await line.run(['holds', 'list', '--status', 'approved'])).stdout).toMatch(
      /approved by .*: so be it$/m,
    )
    const { total } = await line.json<{ total: number }>([
      'models',
      'list',
      '--lifecycle',
      'missing',
    ])
    expect(total).toBe(17)
  })

  it('exits 1 and says why when the upstream fails', async () => {
    line.lab.answer('/v1/models', { status: 500 })
    await line.startWorker()
    const { code, stderr } = await line.run(['refresh', '--wait'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/✗ lab failed .*500/)
    const [run] = await line.json<RefreshRun[]>(['runs', '--status', 'failed'])
    const shown = await line.run(['run', String(run?.id)])
    expect(shown.stdout).toContain('http_server_error')
  })

  it('joins the refresh that is under way, and Ctrl-C ends the waiting alone', async () => {
    line.list(labModels(1))
    const [queued] = await line.json<{ runId: number; status: string }[]>(['refresh'])
    expect(queued?.status).toBe('queued')
    const waiting = line.start(['refresh', 'lab', '--wait'])
    await waiting.printed('queued')
    waiting.child.kill('SIGINT')
    const { code, stderr } = await waiting.ended
    expect(code).toBe(130)
    expect(stderr).toContain(`plumbline run ${queued?.runId}`)
    const [run] = await line.json<RefreshRun[]>(['runs'])
    expect(run).toMatchObject({ id: queued?.runId, status: 'queued' })
  })
})

describe('refresh', () => {
  it('names an upstream that does not exist, and exits 2', async () => {
    const { code, stderr } = await line.run(['refresh', 'nobody'])
    expect(code).toBe(2)
    expect(stderr).toContain('There is no upstream nobody.')
  })

  it('refuses a second one within the cooldown, and exits 1', async () => {
    line.list(labModels(1))
    await line.startWorker()
    await line.run(['refresh', '--wait'])
    const { code, stdout } = await line.run(['refresh'], { REFRESH_COOLDOWN: '5m' })
    expect(code).toBe(1)
    expect(stdout).toContain('--force')
  })
})

describe('refresh --dry-run', () => {
  it('needs no worker, prints field by field, and writes nothing', async () => {
    line.list([{ id: 'model-0', name: 'Old name', context_length: 1000 }])
    const first = await line.run(['refresh', '--dry-run'])
    expect(first.code).toBe(0)
    expect(first.stdout).toContain('+ model-0')
    expect(await line.json(['runs'])).toEqual([])
    expect(await line.json(['upstreams'])).toEqual([])
    await line.startWorker()
    await line.run(['refresh', '--wait'])
    line.list([{ id: 'model-0', name: 'New name', context_length: 1000 }])
    const { stdout } = await line.run(['refresh', 'lab', '--dry-run'])
    expect(stdout).toMatch(/~ model-0\n(.*\n)? {8}name: Old name → New name\n/)
    const { models } = await line.json<{ models: { name: string }[] }>(['models', 'list'])
    expect(models.map(({ name }) => name)).toEqual(['Old name'])
  })
})

describe('worker', () => {
  it('tells its process manager when it is ready and stops in order on SIGTERM', async () => {
    const worker = line.start(['worker'])
    await expect(once(worker.child, 'message')).resolves.toEqual(['ready', undefined])
    worker.child.kill('SIGTERM')
    expect(await worker.ended).toMatchObject({ code: 0, stderr: '' })
  })
})
