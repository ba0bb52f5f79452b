/** Weights & Biases Inference: the list that it publishes for comparison sites, without a key. */
import { hostAuthority } from './host-authority.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Upstream } from './upstream.ts'

export const wandb = {
  id: 'wandb',
  title: 'W&B Inference',
  docs: 'https://docs.wandb.ai/inference/models',
  url: 'https://trace.wandb.ai/inference/analysis/artificialanalysis/models',
  adapterVersion: 2,
  schedule: '1h',
  provider: 'wandb',
  rank: 4,
  authoritative: hostAuthority,
  complete: true,
  minimumEntries: 3,
  maxBytes: 4 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'wandb', isReady),
  listing: ({ raw }) => hostRowListing(raw, { unit: 'usdPerToken' }),
} satisfies Upstream
