/** Freezes a value with everything in it that is a plain object or an array; functions stay callable. */
export function deepFreeze<Value extends object>(value: Value): Value {
  for (const member of Object.values(value))
    if (typeof member === 'object' && member !== null && !Object.isFrozen(member))
      deepFreeze(member)
  return Object.freeze(value)
}
