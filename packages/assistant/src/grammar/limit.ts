import { LIMITING } from './vocabulary.ts'

/** The words of a name that may limit or negate it, such as "except the report". Undefined if there are none. */
export function limitOf(name: string): string | undefined {
  const words = name.split(/\s+/)
  const first = words.findIndex((word) => LIMITING.has(word.toLowerCase().replace(/[^a-z]/g, '')))
  if (first < 0) return undefined
  // "everything except the report": the exception is what was not understood.
  const exception = words.findIndex(
    (word, index) => index > first && LIMITING.has(word.toLowerCase().replace(/[^a-z]/g, '')),
  )
  return words.slice(exception < 0 ? first : exception).join(' ')
}
