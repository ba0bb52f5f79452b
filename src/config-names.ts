/** Misspelt settings: a name that is nearly a known one would otherwise be ignored in silence. */

/** Sentences on every unknown `PLUMBLINE_*` name and on every name that is nearly a known one. */
export function findNearMisses(names: readonly string[], known: readonly string[]): string[] {
  const warnings: string[] = []
  for (const name of names) {
    if (known.includes(name) || upstreamName.test(name)) continue
    const similar = nearest(name, known) ?? nearest(bareName(name), known)
    if (similar !== undefined)
      warnings.push(`${name} is not a setting and is ignored; did you mean ${similar}?`)
    else if (name.startsWith('PLUMBLINE_')) warnings.push(`${name} is not a setting and is ignored`)
  }
  return warnings
}

const upstreamName = /^PLUMBLINE_UPSTREAM_[A-Z0-9_]+_(URL|SCHEDULE|ENABLED|KEY)$/

/** The name without a prefix or a unit that people add: PLUMBLINE_FETCH_TIMEOUT_MS → FETCH_TIMEOUT. */
function bareName(name: string): string {
  return name.replace(/^PLUMBLINE_/, '').replace(/_(MS|SECONDS|SECS|MINUTES|MB)$/, '')
}

/** The known name that differs by at most two edits (none for short names: HOST is not HOME). */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Infinity
  for (const candidate of known) {
    const distance = editDistance(name, candidate)
    const allowed = candidate.length < 6 ? 0 : candidate.length < 9 ? 1 : 2
    if (distance <= allowed && distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? Infinity
}
