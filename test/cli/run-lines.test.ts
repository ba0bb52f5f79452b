import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { exitCodeOfRuns } from '../../src/cli/exit-codes.ts'
import { describeProgress, notesOf, outcomeLine } from '../../src/cli/run-lines.ts'
import type { RunProgress } from '../../src/history/run-progress.ts'
import { noCounts, type RefreshRun } from '../../src/history/runs.ts'

const plain = pc.createColors(false)
const startedAt = new Date('2026-05-01T12:00:00Z')

const ended: RefreshRun = {
  ...noCounts,
  id: 7,
  parentId: null,
  upstream: 'lab',
  provider: null,
  trigger: 'manual',
  actor: 'cli:ops',
  options: {},
  status: 'applied',
  attempt: 1,
  fence: 1,
  snapshotId: 1,
  jobId: '1',
  version: 4,
  queuedAt: startedAt,
  startedAt,
  endedAt: new Date(startedAt.getTime() + 1432),
  httpStatus: 200,
  bytes: 10,
  slices: 1,
  phases: {},
  errorCode: null,
  errorMessage: null,
  nextStep: null,
}

const open: RunProgress = {
  id: 7,
  upstream: 'lab',
  status: 'running',
  attempt: 1,
  queuedAt: startedAt,
  startedAt,
  entries: 0,
  slices: 0,
  endedSlices: 0,
  errorCode: null,
  errorMessage: null,
}

describe('the line of a run that has ended', () => {
  it.each<[Partial<RefreshRun>, string]>([
    [{ added: 12_000, updated: 3, removed: 1 }, '✓ lab   applied     1.4 s  +12,000 ~3 −1'],
    [{ status: 'unchanged' }, '= lab   unchanged   1.4 s'],
    [{ status: 'held', held: 2, rejected: 1 }, '! lab   held        1.4 s  2 held, 1 rejected'],
    [{ status: 'applied', missing: 4 }, '✓ lab   applied     1.4 s  +0 ~0 −0, 4 missing'],
    [
      {
        status: 'failed',
        errorCode: 'fetch_timeout',
        errorMessage: 'No answer\u001B[2J\nin time.',
      },
      '✗ lab   failed      1.4 s  No answer[2J in time.',
    ],
    [
      { status: 'partial', added: 1, errorMessage: '1 provider(s) could not be refreshed.' },
      '✗ lab   partial     1.4 s  +1 ~0 −0  1 provider(s) could not be refreshed.',
    ],
  ])('%#: says how it ended, how long it took and what came of it', (change, line) => {
    expect(outcomeLine({ ...ended, ...change }, 5, plain)).toBe(line)
  })

  it('leaves notes to the end', () => {
    const noted = { ...ended, errorMessage: 'A packed copy was applied.' }
    expect(outcomeLine(noted, 3, plain)).not.toContain('packed')
    expect(notesOf([ended, noted, { ...noted, status: 'failed' }])).toEqual([
      'A packed copy was applied.',
    ])
  })
})

describe('the line of a run under way', () => {
  it.each<[Partial<RunProgress>, string, string]>([
    [{ status: 'queued' }, 'queued', 'queued'],
    [{}, 'fetching', 'fetching'],
    [{ entries: 1 }, 'comparing 1 entry', 'comparing 1 entry'],
    [
      { entries: 90, slices: 30, endedSlices: 4 },
      'applying 4/30 providers',
      'applying 30 providers',
    ],
    [
      { attempt: 2, errorCode: 'fetch_timeout', errorMessage: 'No answer.' },
      'trying again (attempt 2) after: No answer.',
      'trying again after: No answer.',
    ],
  ])(
    '%#: counts for a terminal, and has news for a log only when there are some',
    (change, text, news) => {
      expect(describeProgress({ ...open, ...change })).toEqual({ text, news })
    },
  )
})

describe('the exit code of several runs', () => {
  it.each([
    [[], 0],
    [['applied', 'unchanged', 'superseded'], 0],
    [['applied', 'held'], 3],
    [['held', 'partial'], 1],
    [['failed'], 1],
    [['cancelled', 'held'], 1],
  ] as const)('of %j is %i', (statuses, code) => {
    expect(exitCodeOfRuns(statuses.map((status) => ({ status, held: 0 })))).toBe(code)
  })

  it('is 3 for an applied run of which a value is held', () => {
    expect(exitCodeOfRuns([{ status: 'applied', held: 1 }])).toBe(3)
  })
})
