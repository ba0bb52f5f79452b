/** Moonshot AI (Kimi), the international platform: windows and what goes in. */
import { z } from 'zod'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { unreadFields } from './unread-fields.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const moonshotai = {
  id: 'moonshotai',
  title: 'Moonshot AI',
  docs: 'https://platform.moonshot.ai/docs/api/list-models',
  url: 'https://api.moonshot.ai/v1/models',
  key: bearerKey('MOONSHOT_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'moonshotai',
  rank: 4,
  authoritative: 'all',
  complete: false,
  minimumEntries: 1,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'moonshotai'),
  listing,
} satisfies Upstream

const flag = z.boolean().nullish()

const MoonshotEntry = z.object({
  context_length: z.int().nonnegative().nullish(),
  supports_image_in: flag,
  supports_video_in: flag,
  supports_reasoning: flag,
})

// `permission` is an empty form of OpenAI's first years; what `created` means is not documented.
const takenKeys = ['id', 'context_length', 'permission', 'supports_reasoning']

function listing({ raw }: Entry): ListingDraft {
  const stated = MoonshotEntry.parse(raw)
  const { supports_image_in: image, supports_video_in: video } = stated
  const areInputsStated = typeof image === 'boolean' || typeof video === 'boolean'
  return {
    fields: knownFields({
      contextWindow: knownLimit(stated.context_length),
      vision: image,
      reasoning: stated.supports_reasoning,
      inputModalities: areInputsStated
        ? ['text', ...(image ? ['image'] : []), ...(video ? ['video'] : [])]
        : undefined,
    }),
    prices: { components: [] },
    extra: unreadFields(raw, takenKeys),
  }
}
