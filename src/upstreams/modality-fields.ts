/** What goes in and what comes out, in the words that most lists share. */
import type { ModelFields } from '../catalog/fields.ts'
import { knownFields } from './known-fields.ts'

type Words = readonly string[] | null | undefined

/** An empty list says nothing. */
export function modalityFields(input: Words, output: Words): ModelFields {
  const [inputs, outputs] = [modalities(input), modalities(output)]
  return knownFields({
    type: typeOf(outputs),
    inputModalities: inputs,
    outputModalities: outputs,
    vision: inputs?.includes('image'),
    audio: inputs && outputs && (inputs.includes('audio') || outputs.includes('audio')),
    imageGeneration: outputs?.includes('image'),
  })
}

/** The stated words where the field has just them; undefined where they had to be changed. */
export function verbatim(stated: Words, field: readonly string[] | undefined): Words {
  return field && stated?.join() === field.join() ? field : undefined
}

/** "text+image->text", as OpenRouter wrote it in 2024 and others still do. */
export function modalitiesOfArrow(text: string | null | undefined): ModelFields {
  const [input, output, ...more] = text?.split('->') ?? []
  if (!input || !output || more.length > 0) return {}
  return modalityFields(input.split('+'), output.split('+'))
}

function modalities(words: Words): string[] | undefined {
  if (!words || words.length === 0) return undefined
  return [...new Set(words.map((word) => modality(word.trim().toLowerCase())))]
}

/** "file" stands for PDF and the like. */
function modality(word: string): string {
  return word === 'file' || word === 'files' ? 'pdf' : word
}

function typeOf(outputs: string[] | undefined): string | undefined {
  if (outputs?.some((word) => word.startsWith('embedding'))) return 'embedding'
  if (outputs?.includes('text')) return 'chat'
  return ['image', 'audio', 'video'].find((word) => outputs?.includes(word))
}
