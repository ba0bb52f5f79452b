import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isSameProcess, processInfo } from '../../src/embedded/process-info.ts'

test('tells when a process began and what it runs', () => {
  const self = processInfo(process.pid)
  expect(self?.command).toContain('node')
  expect(isSameProcess(process.pid, self?.startedAt ?? '')).toBe(true)
})

test('a later process with the same pid is another process', () => {
  expect(isSameProcess(process.pid, 'another time')).toBe(false)
})

test('a process that has ended is not there', async () => {
  const child = spawn(process.execPath, ['--version'])
  await once(child, 'close')
  expect(processInfo(child.pid ?? 0)).toBeUndefined()
})
