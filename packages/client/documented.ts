import { apiErrors, type ErrorCode, type Operation } from '@taskwire/api'
import { z } from 'zod'

type Schema = z.core.JSONSchema.BaseSchema

/**
 * The declarations of `contract.ts` with a doc comment on every procedure, field and error, so that editors show what
 * the server's schemas say of them. Types alone do not carry these descriptions.
 */
export function documented(declarations: string, operations: readonly Operation[]): string {
  const byName = new Map(operations.map((operation) => [operation.name, operation]))
  const path: string[] = []
  const lines = declarations.split('\n').flatMap((line) => {
    const name = /^ +"?(\w+)"?\??: /.exec(line)?.[1]
    const text = name === undefined ? undefined : commentOf([...path, name], byName)
    if (/[{]$/.test(line) && name !== undefined) path.push(name)
    else if (/^ *\}/.test(line) && !line.endsWith('{')) path.pop()
    return text === undefined ? [line] : [comment(text, line.length - line.trimStart().length), line]
  })
  return lines.join('\n')
}

function commentOf(path: readonly string[], operations: ReadonlyMap<string, Operation>): readonly string[] | undefined {
  const [router, name, part, ...fields] = path
  if (router !== undefined && name === undefined) {
    const code = Object.keys(apiErrors).find((code): code is keyof typeof apiErrors => code === router)
    return code === undefined ? undefined : [`${apiErrors[code].status}: ${apiErrors[code].detail}`]
  }
  const operation = operations.get(`${router}.${name}`)
  if (operation === undefined) return undefined
  if (part === undefined) return ofProcedure(operation)
  if (fields.length === 0 || (part !== 'input' && part !== 'output')) return undefined
  const schema = z.toJSONSchema(operation[part] ?? z.unknown(), { io: part, unrepresentable: 'any' })
  const description = fields.reduce<Schema | undefined>(propertyOf, schema)?.description
  return description === undefined ? undefined : [description]
}

/** What it does, the errors that are its own, and a call. */
function ofProcedure({ name, type, summary, input, errors = [] }: Operation): string[] {
  const { if_version, idempotency_key } = input.shape
  const codes: readonly ErrorCode[] = [
    ...errors,
    ...(if_version === undefined ? [] : (['version_mismatch'] as const)),
    ...(idempotency_key === undefined ? [] : (['idempotency_key_reused'] as const)),
  ]
  const verb = { query: 'query', mutation: 'mutate', subscription: 'subscribe' }[type]
  return [
    summary,
    '',
    ...codes.map((code) => `@throws TaskwireError \`${code}\`: ${apiErrors[code].detail}`),
    `@example taskwire.${name}.${verb}(${type === 'subscription' ? 'input, callbacks' : 'input'})`,
  ]
}

/** The schema of a property, in whichever alternative of a union or element of a list it first occurs. */
function propertyOf(schema: Schema | undefined, name: string): Schema | undefined {
  if (schema === undefined) return undefined
  const own = schema.properties?.[name]
  if (typeof own === 'object') return own
  const { items, anyOf = [], allOf = [], oneOf = [] } = schema
  const inner = [...(Array.isArray(items) ? items : [items]), ...anyOf, ...allOf, ...oneOf]
  for (const part of inner) {
    const found = typeof part === 'object' ? propertyOf(part, name) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function comment(lines: readonly string[], indent: number): string {
  const space = ' '.repeat(indent)
  const safe = lines.map((line) => line.replaceAll('*/', '*\\/'))
  if (safe.length === 1) return `${space}/** ${safe[0]} */`
  return [`${space}/**`, ...safe.map((line) => `${space} * ${line}`.trimEnd()), `${space} */`].join('\n')
}
