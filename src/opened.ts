/** Things that are opened when they are used first and closed in reverse order, each once. */
export interface Opened {
  /** Returns how to get it; `close` is called only where it was opened. */
  once: <T>(open: () => T, close: (value: T) => unknown) => () => T
  /** Safe to call twice. One that fails to close does not keep the others open; its error is thrown at the end. */
  close: () => Promise<void>
}

export function createOpened(): Opened {
  const opened = new AsyncDisposableStack()
  let closed: Promise<void> | undefined
  return {
    once(open, close) {
      let value: { it: ReturnType<typeof open> } | undefined
      return () => {
        if (value) return value.it
        const it = open()
        value = { it }
        opened.defer(async () => {
          await close(it)
        })
        return it
      }
    },
    close: () => (closed ??= opened.disposeAsync()),
  }
}
