/** Something may have happened: remembered until it is looked at, so that no ring is missed. */
export interface Bell {
  ring: () => void
  /** What rings from now on is heard by the next `heard`. */
  muffle: () => void
  /** Resolves when it has rung since it was muffled. For one listener. */
  heard: () => Promise<void>
}

export function createBell(): Bell {
  let hasRung = false
  let wake = (): void => undefined
  return {
    ring() {
      hasRung = true
      wake()
    },
    muffle() {
      hasRung = false
    },
    async heard() {
      if (hasRung) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    },
  }
}
