import { expect, test } from 'vitest'
import { columnsOf, filledColumns, namedCells } from './header.ts'

const columns = columnsOf({ line: 1, cells: ['Title', ' Due Date ', null, 'title'] })

test('a cell is found by the name of its column in any letter case, that of the first of equal names', () => {
  const cells = namedCells(columns, { line: 2, cells: ['Milk', '2026-12-01', 'x', 'Bread'] })
  expect([cells('TITLE'), cells(' due date')]).toEqual(['Milk', '2026-12-01'])
})

test('an empty cell, a blank one and one of a short row have no value', () => {
  for (const cells of [[null, ' '], ['', '\t'], []]) {
    const named = namedCells(columns, { line: 2, cells })
    expect([named('title'), named('due date'), named('other')]).toEqual([undefined, undefined, undefined])
    expect(filledColumns(named, ['Title', 'Due Date'])).toEqual([])
  }
  const filled = namedCells(columns, { line: 2, cells: [null, 'soon'] })
  expect(filledColumns(filled, ['Title', 'Due Date', 'Other'])).toEqual(['Due Date'])
})
