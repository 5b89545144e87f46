import type { FittedBody } from '../core/meta.ts'
import { addedFields, type Field } from './fields.ts'

/** Values by which old clients, which had fields of the same name, mean others. */
const oldValues: Readonly<Record<string, ReadonlyMap<unknown, unknown>>> = {
  priority: new Map([
    ['normal', 'medium'],
    ['urgent', 'high'],
    ['none', null],
    ['', null],
  ]),
}

/** Leaves out of a body the added fields whose values do not fit, as if the fields did not exist yet. */
export function fitAddedFields(body: Readonly<Record<string, unknown>>): FittedBody {
  const fitted = { ...body }
  const ignored: string[] = []
  for (const [name, { input }] of Object.entries<Field>(addedFields)) {
    if (input === undefined || !Object.hasOwn(body, name)) continue
    const old = oldValues[name]
    const value = old?.has(body[name]) === true ? old.get(body[name]) : body[name]
    if (input.safeParse(value).success) fitted[name] = value
    else {
      delete fitted[name]
      ignored.push(name)
    }
  }
  return { fitted, ignored }
}
