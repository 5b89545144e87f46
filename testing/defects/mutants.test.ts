import { expect, test } from 'vitest'
import { mutantsOf, mutated } from './mutants.ts'

const source = `async function stop(limit: number) {
  if (limit < 1000) await close({ signal, limit })
  clear(timer)
  return sql\`SELECT 1 FROM task WHERE id = \${id} AND user_id = \${user}\`
}
`

test('each mistake is one that a change could bring in', () => {
  const texts = mutantsOf('one.ts', source).map((mutant) => `${mutant.rule}: ${mutated(source, mutant)}`)
  const changed = (text: string) => expect.stringContaining(text)
  expect(texts).toEqual(
    expect.arrayContaining([
      changed('never: async function stop(limit: number) {\n  if (false)'),
      changed('if (limit <= 1000)'),
      changed('if (limit < 1000000)'),
      changed('void close('),
      changed('close({  limit })'),
      changed('  ;\n  return'),
      changed('WHERE id = ${id}`'),
    ]),
  )
  expect(new Set(texts).size).toBe(texts.length)
})

test('types are left alone', () => {
  expect(mutantsOf('one.ts', 'type A = 2 | 3\nfunction f(a: { b: 4 }): void {}\n')).toEqual([])
})
