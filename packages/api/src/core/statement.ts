import { createHash } from 'node:crypto'

/** Reads the value of a parameter from what the statement is run with. */
export type Parameter<Input> = (input: Input) => unknown

/** A part of a statement: texts, and parameters in the places where their values go. */
export type Fragment<Input> = readonly (string | Parameter<Input>)[]

/** A part of a statement as a template, into which texts, parameters and other parts may be put. */
export function fragment<Input>(
  texts: TemplateStringsArray,
  ...parts: (string | Parameter<Input> | Fragment<Input>)[]
): Fragment<Input> {
  return texts.flatMap((text, index) => [text, ...[parts[index] ?? []].flat()])
}

/** Parts with text between them. */
export function joined<Input>(parts: readonly Fragment<Input>[], separator: string): Fragment<Input> {
  return parts.flatMap((part, index) => (index === 0 ? part : [separator, ...part]))
}

/** A statement's text, built once, and how to read its values for each run. */
export interface Prepared<Input> {
  readonly name: string
  readonly text: string
  readonly values: (input: Input) => unknown[]
}

/** Numbers the parameters of a statement. A parameter that occurs in several places is sent once. */
export function prepared<Input>(label: string, statement: Fragment<Input>): Prepared<Input> {
  const parameters = [...new Set(statement.filter((part) => typeof part === 'function'))]
  const text = statement
    .map((part) => (typeof part === 'function' ? `$${parameters.indexOf(part) + 1}` : part))
    .join('')
  return {
    name: statementName(label, text),
    text,
    values: (input) => parameters.map((parameter) => parameter(input)),
  }
}

/**
 * A name that belongs to one text. Behind a pooler two versions of the server may use the same connection: under a
 * common name one of them would run the other's statement.
 */
export function statementName(label: string, text: string): string {
  return `${label}_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
}
