import { expect, test } from 'vitest'
import { textLines } from './lines.ts'

test('a text has its lines and their numbers, whatever ends them, without a byte order mark', () => {
  expect([...textLines('\uFEFFa\r\nb\rc\n\nd')]).toEqual([
    { line: 'a', number: 1 },
    { line: 'b', number: 2 },
    { line: 'c', number: 3 },
    { line: '', number: 4 },
    { line: 'd', number: 5 },
  ])
})
