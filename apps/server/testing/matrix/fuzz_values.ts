import type { Random } from '@taskwire/faults'
import { z } from 'zod'
import type { Rows } from './samples.ts'
import type { Args, Route } from './transports.ts'

type Schema = z.core.JSONSchema.BaseSchema

/** What somebody may name: rows of one's own, of another user, of nobody. */
export interface Ids {
  readonly own: Rows
  readonly foreign: Rows
}

/** Arguments for a route: most fit its schema, some are hostile, some are missing, some do not belong there. */
export function fuzzedArgs(route: Route, ids: Ids, random: Random): Args {
  const properties = Object.entries(propertiesOf(route)).filter(([name]) => route.fields.includes(name))
  const entries = properties.flatMap(([name, schema]) => {
    const chance = random.fraction()
    const isRequired = name in ids.own || name === 'title' || name === 'message'
    if (chance < 0.05 || (!isRequired && chance < 0.5)) return []
    const value = chance < 0.85 ? named(name, schema, { ids, random }) : hostile(random)
    return [[name, value] as const]
  })
  const more = random.int(20) === 0 ? [[random.pick(STRANGE_NAMES), hostile(random)] as const] : []
  return Object.fromEntries([...entries, ...more])
}

const schemas = new Map<z.ZodObject, Readonly<Record<string, Schema | boolean>>>()

function propertiesOf({ operation, via }: Route): Readonly<Record<string, Schema | boolean>> {
  const input = via === 'mcp' || via === 'chat' ? (operation.tool?.input ?? operation.input) : operation.input
  const known = schemas.get(input)
  if (known !== undefined) return known
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
  schemas.set(input, properties)
  return properties
}

interface Source {
  readonly ids: Ids
  readonly random: Random
}

function named(name: string, schema: Schema | boolean, { ids, random }: Source): unknown {
  const rows = new Map(Object.entries(random.int(4) === 0 ? ids.foreign : ids.own))
  if (name === 'if_version') return random.pick<unknown>([1, 2, 3, [1, 2], 99])
  if (name === 'idempotency_key') return random.pick(['k1', 'k2', 'k3', `k${random.int(1e6)}`])
  if (name === 'seq' && random.int(2) === 0) return 1 + random.int(20)
  return rows.get(name) ?? fitting(schema, random)
}

/** A value that a JSON Schema describes, as far as it says so by type, enum and bounds. */
function fitting(schema: Schema | boolean | undefined, random: Random): unknown {
  if (typeof schema !== 'object') return hostile(random)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return random.pick(schema.enum)
  const variants = schema.anyOf ?? schema.oneOf
  if (variants !== undefined) return fitting(random.pick(variants), random)
  const { minimum = 0, maximum = minimum + 100 } = schema
  switch (schema.type) {
    case 'string':
      return random.pick(WORDS).slice(0, schema.maxLength ?? 200)
    case 'integer':
    case 'number':
      return minimum + random.int(Math.min(maximum - minimum + 1, 1000))
    case 'boolean':
      return random.int(2) === 0
    case 'null':
      return null
    case 'array':
      return Array.from({ length: random.int(4) }, () => fitting(single(schema.items), random))
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).flatMap(([name, each]) =>
          random.int(3) === 0 ? [] : [[name, fitting(each, random)] as const],
        ),
      )
    default:
      return hostile(random)
  }
}

function single(items: Schema['items']): Schema | boolean | undefined {
  return Array.isArray(items) ? items[0] : items
}

const WORDS = [
  'milk',
  'Buy bread',
  'ÄÖÜ ß',
  '日本語',
  '👩‍👩‍👧',
  'a b c',
  '2026-11-21',
  '17:30',
  'P1D',
  'FREQ=DAILY',
  '%_\\',
  "o'clock",
]

const STRANGE_NAMES = [
  'user_id',
  'id',
  'version',
  '__proto__',
  'constructor',
  'toString',
  '',
  'titel',
  'body.title',
  'deleted_at',
]

export function hostile(random: Random): unknown {
  return random.pick(HOSTILE)
}

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])

const HOSTILE: readonly unknown[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfffy',
  'x'.repeat(201),
  'x'.repeat(1001),
  '😀'.repeat(1001),
  'é'.normalize('NFD').repeat(300),
  "'; DROP TABLE taskwire.task; --",
  '$1',
  '${7*7}',
  '{{7*7}}',
  '%s%n%00',
  '\\u0000',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '\r\nset-cookie: a=b',
  '\u202etxt',
  '\ufeff',
  '__proto__',
  'null',
  'NaN',
  '1e999',
  '0x10',
  '9'.repeat(400),
  '-1',
  '1.5',
  '0',
  '2026-02-30',
  '9999999-01-01',
  'Etc/Nowhere',
  'FREQ=SECONDLY;COUNT=1000000000',
  0,
  -0,
  -1,
  1.5,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  1e308,
  null,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  { not: '' },
  { in: [1] },
  { toString: 1 },
  JSON.parse('{"__proto__": {"user_id": "victim"}}'),
  nested(100),
  Array.from({ length: 300 }, (_, n) => n),
]
