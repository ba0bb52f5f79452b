/** Chance that can be repeated: a failing test prints its seed, FAULT_SEED sets it. */
export interface Random {
  seed: number
  /** A whole number, both ends included. */
  readonly between: (least: number, most: number) => number
}

/** mulberry32, public domain: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function seededRandom(
  seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000),
): Random {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { seed, between: (least, most) => least + Math.floor(next() * (most - least + 1)) }
}
