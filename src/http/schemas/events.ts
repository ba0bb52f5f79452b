/** What the event stream can be asked for. */
import { z } from 'zod'
import { Version } from './changes.ts'
import { Whole, word } from './model-query.ts'

export const EventsQuery = z.strictObject({
  since: Version.optional().meta({
    description:
      'What came after this version is sent first. `Last-Event-ID` stands above it. Absent: what comes from now on.',
    samples: [0],
  }),
  provider: word
    .optional()
    .meta({ description: 'Events of this provider only.', samples: ['openai'] }),
  heartbeat: Whole(1, 60).default(15).describe('Seconds between two heartbeats.'),
})
