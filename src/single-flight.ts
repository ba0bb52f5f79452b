/** A call that still runs is joined, not started again: a dead server is waited for once. */
export function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return async () => {
    running ??= work().finally(() => (running = undefined))
    return running
  }
}
