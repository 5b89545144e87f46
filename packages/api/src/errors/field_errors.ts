import type { z } from 'zod'
import type { FieldError } from './api_error.ts'

/** The rules that an input violates, each with its location and a message for people, and each unknown field. */
export function fieldErrors({ issues }: z.ZodError): FieldError[] {
  return issues.flatMap((issue): FieldError[] => {
    const loc = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ type: 'unknown_field', loc: [...loc, key], msg: 'Unknown field' }))
    }
    if (isMissing(issue)) return [{ type: 'missing', loc, msg: 'Field required' }]
    return [{ type: typeOf(issue), loc, msg: messageOf(issue) }]
  })
}

/** The type that the schema gives the problem itself, else zod's. */
function typeOf(issue: z.core.$ZodIssue): string {
  const type: unknown = issue.code === 'custom' ? issue.params?.['type'] : undefined
  return typeof type === 'string' ? type : issue.code
}

// zod tells the input only if the parser asks for it, and tRPC does not.
function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.path.length > 0 && issue.message.endsWith('received undefined')
}

/** The message that the schema gives itself, else one for zod's own, which speak of its types. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too) /.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `Must be ${typeNames[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `Must be one of: ${issue.values.join(', ')}`
    case 'too_small':
      if (issue.origin === 'string') return 'Must not be empty'
      return issue.inclusive ? `Must be at least ${issue.minimum}` : `Must be greater than ${issue.minimum}`
    case 'too_big':
      if (issue.origin === 'string') return `Must have at most ${issue.maximum} characters`
      return issue.origin === 'array' ? `Must have at most ${issue.maximum} items` : `Must be at most ${issue.maximum}`
    default:
      return issue.message
  }
}

const typeNames: Partial<Record<string, string>> = {
  string: 'text',
  int: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
}
