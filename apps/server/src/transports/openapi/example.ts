import { exampleTask } from '@taskwire/api'
import type { Schema } from './schemas.ts'

/**
 * A value that fits a schema. What the schema gives as an example comes first, then the typical task for properties that
 * are named like one of its fields, then the simplest value of the type.
 */
export function exampleOf(schema: Schema, components: Components, name?: string): unknown {
  const { $ref, examples, const: constant, enum: allowed, default: fallback } = schema
  if (typeof $ref === 'string') return exampleOf(components[$ref.slice(REFERENCE.length)] ?? {}, components)
  if (Array.isArray(examples)) return examples[0]
  if (constant !== undefined) return constant
  const branches = branchesOf(schema)
  const typical = name === undefined ? undefined : exampleTask[name]
  if (typical !== undefined && fits(typical, branches)) return pruned(typical, branches)
  if (Array.isArray(allowed)) return allowed[0]
  if (fallback !== undefined) return fallback
  const first = branches.find(({ type }) => type !== 'null')
  return first === undefined ? null : simplest(first, components, name)
}

/** The schemas that `$ref` names. */
export type Components = Readonly<Record<string, Schema>>

const REFERENCE = '#/components/schemas/'

/** A body as a caller would send it: what is required, and what a typical task has. */
export function exampleBody(schema: Schema, components: Components): unknown {
  const properties = Object.entries(propertiesOf(schema))
  const required = requiredOf(schema)
  const optional = properties.filter(([name, property]) => !required.has(name) && isTelling(name, property))
  const chosen = new Set([...required, ...optional.slice(0, MAX_OPTIONAL).map(([name]) => name)])
  const [first] = properties
  if (chosen.size === 0 && first !== undefined) chosen.add(first[0])
  return Object.fromEntries(
    properties.flatMap(([name, property]) => (chosen.has(name) ? [[name, exampleOf(property, components, name)]] : [])),
  )
}

const MAX_OPTIONAL = 4

function isTelling(name: string, schema: Schema): boolean {
  return 'examples' in schema || (name in exampleTask && fits(exampleTask[name], branchesOf(schema)))
}

function simplest(schema: Schema, components: Components, name = 'text'): unknown {
  const { $ref, format, items, minimum } = schema
  if (typeof $ref === 'string' || Array.isArray(schema['anyOf'])) return exampleOf(schema, components, name)
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  switch (typeOf(schema)) {
    case 'object':
      return exampleObject(schema, components)
    case 'array':
      return isSchema(items) ? [exampleOf(items, components, name)] : []
    case 'integer':
    case 'number':
      return typeof minimum === 'number' ? Math.max(minimum, 1) : 1
    case 'boolean':
      return true
    default:
      return typeof format === 'string' ? (formats[format] ?? name) : name
  }
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-11-20T08:00:00.000Z',
  date: '2026-12-01',
  uri: 'https://example.com/hook',
  email: 'ann@example.com',
  uuid: '0b8f1f0e-6f3c-4c56-9d2a-3f5f2b8f9a11',
}

function exampleObject(schema: Schema, components: Components): unknown {
  const required = requiredOf(schema)
  const properties = Object.entries(propertiesOf(schema)).filter(
    ([name, property]) => required.has(name) || isTelling(name, property),
  )
  return Object.fromEntries(properties.map(([name, property]) => [name, exampleOf(property, components, name)]))
}

/** The alternatives of a schema; itself if it has none. */
function branchesOf(schema: Schema): readonly Schema[] {
  const { anyOf, oneOf } = schema
  const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [schema]
  return branches.filter(isSchema)
}

function fits(value: unknown, branches: readonly Schema[]): boolean {
  const is = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  return branches.some((branch) => {
    const { enum: allowed, items } = branch
    if (Array.isArray(allowed)) return allowed.includes(value)
    if (Array.isArray(value) && isSchema(items) && !value.every((item) => fits(item, branchesOf(items)))) return false
    const types = [branch['type']].flat()
    return types.includes(is) || (is === 'number' && types.includes('integer'))
  })
}

/** Without what callers may not send: an answer's objects have more properties than an input's. */
function pruned(value: unknown, branches: readonly Schema[]): unknown {
  if (Array.isArray(value)) {
    const { items } = branches.find((branch) => typeOf(branch) === 'array') ?? {}
    return isSchema(items) ? value.map((item) => pruned(item, branchesOf(items))) : value
  }
  if (typeof value !== 'object' || value === null) return value
  const known = propertiesOf(branches.find((branch) => typeOf(branch) === 'object') ?? {})
  return Object.fromEntries(Object.entries(value).filter(([name]) => name in known))
}

function typeOf({ type, properties }: Schema): unknown {
  const types = [type].flat().filter((one) => one !== 'null')
  return types[0] ?? (properties === undefined ? undefined : 'object')
}

function propertiesOf({ properties }: Schema): Readonly<Record<string, Schema>> {
  if (!isSchema(properties)) return {}
  return Object.fromEntries(Object.entries(properties).filter((entry): entry is [string, Schema] => isSchema(entry[1])))
}

function requiredOf({ required }: Schema): ReadonlySet<string> {
  return new Set(Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [])
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}
