import { expect, test } from 'vitest'
import { namesEach } from './named_tasks.ts'

const tasks = (...titles: string[]) => titles.map((title, index) => ({ id: index + 11, title }))

test.each([
  ['complete milk and bread', tasks('Buy milk', 'Buy bread'), true],
  ['complete milk', tasks('Buy milk', 'Buy bread'), false],
  ['complete 11 and 12', tasks('Buy milk', 'Buy bread'), true],
  ['complete 11 and 13', tasks('Buy milk', 'Buy bread'), false],
  ['COMPLETE MILK, BREAD!', tasks('Buy milk', 'Buy bread'), true],
  ['buy', tasks('Buy milk', 'Buy bread'), false],
  ['complete all of them', tasks('All of it', 'Them'), false],
  ['do the todo', tasks('The todo', 'To do'), false],
  ['the todo and to do', tasks('The todo', 'To do'), true],
  ['complete 2 and 3', tasks('Chapter 2', 'Chapter 3'), false],
  ['chapter 2, chapter 3', tasks('Chapter 2', 'Chapter 3'), true],
  ['chapter 22', tasks('Chapter 2', 'Chapter 22'), false],
  ['käse und ＢＲＯＴ', tasks('Käse kaufen', 'Brot kaufen'), true],
  ['x', tasks('!!!'), false],
])('%j names each of %j: %j', (message, named, each) => {
  expect(namesEach(message, named)).toBe(each)
})
