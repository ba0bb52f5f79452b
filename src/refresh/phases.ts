/** How long each step of a refresh took. The steps are wrapped, the sentences in them are not. */
export class Phases {
  readonly #milliseconds = new Map<string, number>()

  async time<T>(phase: string, step: () => Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await step()
    } finally {
      this.#milliseconds.set(
        phase,
        (this.#milliseconds.get(phase) ?? 0) + performance.now() - start,
      )
    }
  }

  /** Milliseconds by phase, to a tenth. */
  toRecord(): Record<string, number> {
    return Object.fromEntries(
      [...this.#milliseconds].map(([phase, ms]) => [phase, Math.round(ms * 10) / 10]),
    )
  }

  entries(): [phase: string, seconds: number][] {
    return [...this.#milliseconds].map(([phase, ms]) => [phase, ms / 1000])
  }
}
