import { expect, test } from 'vitest'
import { PAUSE } from '../described_task.ts'
import { csvRows } from './csv.ts'

const rowsOf = (text: string) => [...csvRows(text)].filter((row) => row !== PAUSE)
const cellsOf = (text: string) => rowsOf(text).map(({ cells }) => cells)

test.each([
  [
    'a,b;c\n1,2',
    [
      ['a', 'b;c'],
      ['1', '2'],
    ],
  ],
  [
    'a;b;c,d\n1;2;3',
    [
      ['a', 'b', 'c,d'],
      ['1', '2', '3'],
    ],
  ],
  [
    'a\tb\n1\t2,5',
    [
      ['a', 'b'],
      ['1', '2,5'],
    ],
  ],
  ['a,b;c', [['a', 'b;c']]],
])('cells are divided by the mark that the first line has most of: %j', (text, cells) => {
  expect(cellsOf(text)).toEqual(cells)
})

test.each(['\n', '\r\n', '\r'])('lines may end with %j, and empty ones are left out', (end) => {
  const text = ['\uFEFFa,b', '1,', ',', '', '"",x', ''].join(end)
  expect(rowsOf(text)).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['1', null] },
    { line: 5, cells: ['', 'x'] },
  ])
})

test('a quoted cell may hold marks, quotes and lines, and lines are counted through it', () => {
  expect(rowsOf('a,"b,""\nc"\nd')).toEqual([
    { line: 1, cells: ['a', 'b,"\nc'] },
    { line: 3, cells: ['d'] },
  ])
  expect(() => rowsOf('a\n"b\nc"d')).toThrow('line 3: text after a closing quote')
  expect(() => rowsOf('a\n"b\nc"\n"d')).toThrow('line 4: a quote is not closed')
})

test('a row has at most 200,000 characters, however many cells', () => {
  const cell = 'x'.repeat(99_999)
  expect(cellsOf(`a,b\n${cell},${cell}`)[1]).toEqual([cell, cell])
  expect(() => rowsOf(`a,b\n${cell},${cell}xx`)).toThrow('line 2: the row is too long; is a quote missing?')
})

test('reading pauses after each 2,000 lines', () => {
  const found = [...csvRows(`title\n${'a\n'.repeat(6000)}`)]
  const pauses = found.flatMap((row, index) => (row === PAUSE ? [index] : []))
  expect(pauses).toEqual([1999, 4000, 6001])
})
