/** At most one call at a time; all calls during it share the one that follows, which sees what they saw. */
export function coalesced<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined
  let following: Promise<Result> | undefined
  const start = (): Promise<Result> => {
    following = undefined
    running = run().finally(() => (running = undefined))
    return running
  }
  return () => {
    if (!running) return start()
    following ??= running.then(start, start)
    return following
  }
}
