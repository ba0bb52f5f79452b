import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockDataDir, readServers } from '../../src/embedded/data-dir.ts'
import { temporaryDir } from '../support/data-dir.ts'

const urls = {
  databaseUrl: 'postgresql://plumbline:secret@127.0.0.1:1/plumbline',
  redisUrl: 'redis://127.0.0.1:2',
}

test('another command finds the servers while their process runs', () => {
  const dataDir = temporaryDir()
  expect(readServers(dataDir)).toBeUndefined()
  const lock = lockDataDir(dataDir)
  expect(readServers(dataDir)).toBeUndefined()
  lock.publish(urls)
  expect(readServers(dataDir)).toEqual({ pid: process.pid, ...urls })
  lock.release()
  lock.release()
  expect(readServers(dataDir)).toBeUndefined()
})

test('a second process is told who has the folder, and where, without the password', () => {
  const dataDir = temporaryDir()
  lockDataDir(dataDir).publish(urls)
  const second = (): unknown => lockDataDir(dataDir)
  expect(second).toThrow(
    `process ${process.pid}, PostgreSQL at postgresql://plumbline@127.0.0.1:1/plumbline`,
  )
  expect(second).toThrow(expect.objectContaining({ code: 'config_invalid' }))
  expect(second).not.toThrow('secret')
})

test('the file of a process that has died counts as absent', () => {
  const dataDir = temporaryDir()
  const left = { pid: process.pid, processStartedAt: 'before the restart', urls }
  writeFileSync(join(dataDir, 'servers.json'), JSON.stringify(left))
  expect(readServers(dataDir)).toBeUndefined()
  lockDataDir(dataDir).publish(urls)
  expect(readServers(dataDir)?.pid).toBe(process.pid)
})

test('a file that was cut in the middle of a write counts as absent', () => {
  const dataDir = temporaryDir()
  writeFileSync(join(dataDir, 'servers.json'), '{"pid":')
  expect(readServers(dataDir)).toBeUndefined()
  lockDataDir(dataDir).release()
})

test('only the owner of the folder can read the passwords', () => {
  const dataDir = temporaryDir()
  lockDataDir(dataDir).publish(urls)
  expect(statSync(join(dataDir, 'servers.json')).mode & 0o077).toBe(0)
})
