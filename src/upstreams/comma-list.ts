/** Lists that an upstream writes into one string: "text, image". */

/** Undefined where there are no words, which says nothing. */
export function commaList(text: string | null | undefined, comma = ','): string[] | undefined {
  const words = text
    ?.split(comma)
    .map((word) => word.trim())
    .filter((word) => word !== '')
  return words && words.length > 0 ? words : undefined
}
