import { expect, test } from 'vitest'
import { createIdMap } from '../store/id_map.ts'
import { writeComposer } from './compose_write.ts'

test('however fast writes are made, each is later than the one before, and has a key of its own', () => {
  const compose = writeComposer('ada', 'tab', createIdMap())
  const writes = Array.from({ length: 1000 }, () => compose(null, { kind: 'create', fields: { title: 'x' } }))
  const times = writes.map(({ at }) => at)
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
  expect(new Set(writes.map(({ key }) => key)).size).toBe(1000)
  expect(new Set(writes.map(({ task_id }) => task_id)).size).toBe(1000)
  expect(writes.every(({ task_id }) => Number.isSafeInteger(task_id) && task_id < 0)).toBe(true)
})

test('a write of a task that has got its id names that one', () => {
  const idMap = createIdMap()
  const compose = writeComposer('ada', 'tab', idMap)
  const { task_id } = compose(null, { kind: 'create', fields: { title: 'x' } })
  expect(compose(task_id, { kind: 'complete' }).task_id).toBe(task_id)
  idMap.assign(task_id, 57)
  expect(compose(task_id, { kind: 'complete' })).toMatchObject({ task_id: 57, user_id: 'ada', tab: 'tab', base: null })
  expect(idMap.rowKey(57)).toBe(task_id)
})
