/** How the fields that an upstream states differ from those that it stated before. Pure. */
import type { SeenField, SeenFields } from '../history/upstream-state.ts'
import type { StatedFields } from './field-shapes.ts'

export interface FieldChange {
  field: string
  change: 'new' | 'vanished' | 'returned' | 'retyped'
}

export interface SchemaDrift {
  changes: FieldChange[]
  /** What is to be remembered differently from now on; nothing where nothing changed. */
  seen: Map<string, SeenField>
}

export interface DriftInput {
  known: SeenFields
  stated: StatedFields
  /** `none`: too little of the snapshot could be read to say what is not in it. */
  absence: 'proven' | 'none'
  now: Date
  /** When what is known was stated last. */
  lastReadAt: Date
}

// A payload whose keys are ids would fill the row: beyond this no field is remembered.
const maxFields = 500

export function compareFields(input: DriftInput): SchemaDrift {
  const drift: SchemaDrift = { changes: [], seen: new Map() }
  let room = maxFields - input.known.size
  for (const [field, types] of input.stated) {
    const known = input.known.get(field)
    if (known) noteKnown(drift, field, known, typesOf(types))
    else if (room-- > 0) {
      drift.changes.push({ field, change: 'new' })
      drift.seen.set(field, { firstSeen: input.now.toISOString(), types: typesOf(types) })
    }
  }
  if (input.absence === 'proven') noteVanished(drift, input)
  return drift
}

// Types add up: a field that is a string here and a number there has both, and says so once.
function noteKnown(drift: SchemaDrift, field: string, known: SeenField, stated: string[]): void {
  const { firstSeen, lastSeen, types } = known
  const added = stated.filter((type) => !types.includes(type))
  if (lastSeen !== undefined) drift.changes.push({ field, change: 'returned' })
  if (added.length > 0 && types.length > 0) drift.changes.push({ field, change: 'retyped' })
  if (lastSeen === undefined && added.length === 0) return
  drift.seen.set(field, { firstSeen, types: [...types, ...added].sort() })
}

function noteVanished(drift: SchemaDrift, { known, stated, lastReadAt }: DriftInput): void {
  for (const [field, seen] of known) {
    if (stated.has(field) || seen.lastSeen !== undefined) continue
    drift.changes.push({ field, change: 'vanished' })
    drift.seen.set(field, { ...seen, lastSeen: lastReadAt.toISOString() })
  }
}

/** Null is the absence of a value and no type of its own. */
function typesOf(stated: ReadonlySet<string>): string[] {
  return [...stated].filter((type) => type !== 'null').sort()
}
