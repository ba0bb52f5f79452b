/**
 * Starts `work`, or has the run in progress do it once more when it ends: whoever asks can rely on a
 * run that began after the asking. `work` must not reject.
 */
export function oneAtATime(work: () => Promise<void>): () => void {
  let running = false
  let again = false
  const run = async (): Promise<void> => {
    running = true
    do {
      again = false
      await work()
    } while (again)
    running = false
  }
  return () => {
    if (running) again = true
    else void run()
  }
}
