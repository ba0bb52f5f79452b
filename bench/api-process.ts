/** A process under test that listens: `plumbline api`, or what it is compared with. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface ListeningProcess {
  url: string
  readonly stop: () => Promise<void>
}

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** With a limit that no benchmark reaches: counting is part of what is measured. */
export function startApiProcess(env: Record<string, string>): Promise<ListeningProcess> {
  const unlimited = { PORT: '0', API_RATE_LIMIT: '100000000' }
  return startListening([script('../src/cli.ts'), 'api'], { ...env, ...unlimited })
}

/** Fastify that sends one buffer, compressed before: the fastest that a server of ours could be. */
export function startStaticProcess(bodyPath: string): Promise<ListeningProcess> {
  return startListening([script('static-server.ts'), bodyPath], {})
}

async function startListening(
  args: readonly string[],
  env: Record<string, string>,
): Promise<ListeningProcess> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /"url":"(http:[^"]+)"/.exec(output)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('close', () => reject(new Error(`It ended:\n${output}`)))
  })
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
