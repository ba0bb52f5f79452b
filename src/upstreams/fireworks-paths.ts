/**
 * Fireworks' ids are paths (`accounts/fireworks/models/kimi-k2p6`, routers for its faster ones); lists of
 * others have some of them by their last part. Each such part that was seen until 2026-09 is of one path.
 */
export const fireworksPaths = ['accounts/fireworks/models/', 'accounts/fireworks/routers/'] as const

/** The path of a last part; anything else (`16b`, `thenlper/gte-base`) is as it is. */
export function fireworksId(name: string): string {
  const [models, routers] = fireworksPaths
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return name
  return (/-(?:fast|us)$/.test(name) ? routers : models) + name
}
