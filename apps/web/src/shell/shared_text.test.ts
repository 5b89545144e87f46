import { openPage } from '@taskwire/offline/testing'
import { expect, test } from 'vitest'
import { createDraftStore } from '../drafts.ts'
import { sharedText, takeSharedText } from './shared_text.ts'

test.each([
  ['', ''],
  ['?title=Article&url=https%3A%2F%2Fexample.com%2Fa', 'Article https://example.com/a'],
  [
    '?text=Look%20at%20https%3A%2F%2Fexample.com%2Fa&url=https%3A%2F%2Fexample.com%2Fa',
    'Look at https://example.com/a',
  ],
  ['?title=Same&text=Same', 'Same'],
  ['?text=Two%0Alines', 'Two lines'],
  ['?client_id=abc', ''],
])('%s is shared as "%s"', (search, text) => {
  expect(sharedText(search)).toBe(text)
})

/** Opens the app at an address, and returns what is half typed there, and where the address leads then. */
function opened(search: string, hash: string) {
  openPage()
  const addresses: string[] = []
  const history = { state: null, replaceState: (_state: unknown, _title: string, to: string) => addresses.push(to) }
  Object.assign(globalThis, { history })
  Object.assign(location, { search, hash })
  const drafts = createDraftStore('ada')
  drafts.save({ new_task: ' Half ' })
  takeSharedText(drafts)
  return [drafts.load().new_task, ...addresses]
}

test('what was shared stands behind what is half typed, and leaves the address', () => {
  expect(opened('?text=Article', '#/today')).toEqual(['Half Article', '/#/today'])
  expect(opened('', '#/today')).toEqual([' Half '])
})

test('the address of an app that wants to connect is not shared text', () => {
  expect(opened('?text=Article', '#/connect')).toEqual([' Half '])
})
