/** Anchors of the labs' own lists: no payload with prices was recorded, so the fixtures carry real ones. */
import type { Anchor, AnchorGroup } from './anchors.ts'

export const labAnchors: readonly AnchorGroup[] = [
  inFixture('alibaba', [
    [
      'qwen3-coder-30b-a3b-instruct',
      {
        input: '0.45',
        output: '2.25',
        'input;tier=32000': '0.75',
        'output;tier=32000': '3.75',
        'input;tier=128000': '1.2',
        'output;tier=128000': '6',
      },
    ],
    ['qwen3-14b', { input: '0.35', output: '1.4', reasoning: '4.2' }],
    ['qwen3.5-27b', { input: '0.3', output: '2.4' }],
  ]),
  inFixture('xai', [
    ['grok-4.3', tiered(['1.25', '2.5', '0.2'], ['2.5', '5', '0.4'])],
    ['grok-4.5', tiered(['2', '6', '0.3'], ['4', '12', '0.6'])],
    ['grok-build-0.1', tiered(['1', '2', '0.2'], ['2', '4', '0.4'])],
  ]),
]

type InOutCached = [input: string, output: string, cacheRead: string]

/** Both prices of a request, whose prompt is short or longer than 200,000 tokens. */
function tiered(short: InOutCached, long: InOutCached): Record<string, string> {
  const [input, output, cacheRead] = short
  return {
    input,
    output,
    cache_read: cacheRead,
    'input;tier=200000': long[0],
    'output;tier=200000': long[1],
    'cache_read;tier=200000': long[2],
  }
}

function inFixture(upstream: string, prices: readonly Anchor[]): AnchorGroup {
  return {
    of: { upstream, file: `fixtures/upstreams/${upstream}.json`, provider: upstream },
    second: {
      upstream: 'models-dev',
      file: 'models-dev/2026-09-04.api.json.gz',
      provider: upstream,
    },
    prices,
  }
}
