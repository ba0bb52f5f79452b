import type { Redis } from 'ioredis'
import { PlumblineError } from '../errors.ts'
import type { PlumblineEvent } from './events.ts'
import type { EventNames } from './names.ts'

/** About a week of a busy catalog; a subscriber that was away for longer reads PostgreSQL. */
const streamLength = 10_000

/**
 * Appends the events to the stream and publishes each, in one pipeline and in the order given. The
 * stream goes first: who hears of an event finds it there. Throws `redis_unavailable` when any part
 * was not acknowledged; all of it must then be published again.
 */
export async function publishEvents(
  redis: Redis,
  names: EventNames,
  events: readonly PlumblineEvent[],
): Promise<void> {
  const pipeline = redis.pipeline()
  for (const event of events) {
    const json = JSON.stringify(event)
    const fields = ['event', json, 'id', event.id, 'type', event.type]
    pipeline.xadd(names.stream, 'MAXLEN', '~', streamLength, '*', ...fields)
    pipeline.publish(names.channel, json)
  }
  await acknowledged(async () => {
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
  })
}

// Lua's numbers are exact up to 2^53, as ours are; a key without a number counts as none.
const raise = `
local held = redis.call('GET', KEYS[1])
if held and tonumber(held) and tonumber(held) >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1`

/** The key never goes back, whichever of two relays writes last. */
export async function raiseVersionKey(
  redis: Redis,
  { versionKey }: EventNames,
  version: number,
): Promise<void> {
  await acknowledged(() => redis.eval(raise, 1, versionKey, version))
}

/**
 * Makes the key say what PostgreSQL says: a flushed Redis has none, and one from before a restore
 * of the database says too much, which would hide every new version from those who poll the key.
 * Only for a relay that has nothing left to announce. Returns the key where it was too high.
 */
export async function settleVersionKey(
  redis: Redis,
  names: EventNames,
  version: number,
): Promise<number | undefined> {
  const text = await acknowledged(() => redis.get(names.versionKey))
  const held = text === null ? -1 : Number(text)
  if (held === version) return undefined
  await acknowledged(() => redis.set(names.versionKey, version))
  return held > version ? held : undefined
}

async function acknowledged<Reply>(command: () => Promise<Reply>): Promise<Reply> {
  try {
    return await command()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PlumblineError('redis_unavailable', `Redis did not take events: ${reason}`, {
      cause: error,
      retryable: true,
      nextStep: 'Check that Redis runs and has memory left; the events wait in PostgreSQL.',
    })
  }
}
