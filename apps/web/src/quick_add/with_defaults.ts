import type { FieldChanges } from '@taskwire/offline'

/** The part of the view's fields that a text does not decide, without those that the user refused by their chip's key. */
export function defaultsLeft(defaults: FieldChanges, fields: FieldChanges, refused: ReadonlySet<string>): FieldChanges {
  const { due_date, priority, tags = [] } = defaults
  const left = tags.filter((tag) => !refused.has(`view tags ${tag}`) && fields.tags?.includes(tag) !== true)
  return {
    ...(due_date && fields.due_date === undefined && !refused.has('view due_date') && { due_date }),
    ...(priority && fields.priority === undefined && !refused.has('view priority') && { priority }),
    ...(left.length > 0 && { tags: left }),
  }
}

/** The fields of a text together with what is left of the view's. */
export function joinFields(fields: FieldChanges, left: FieldChanges): FieldChanges {
  const tags = [...(left.tags ?? []), ...(fields.tags ?? [])]
  return { ...left, ...fields, ...(tags.length > 0 && { tags }) }
}
