import { afterEach, expect, test } from 'vitest'
import { goBackFromClosed } from './back_from_closed.ts'

interface Entry {
  readonly index: number
  readonly url: string
}

/** A browser's history. Entries with equal addresses stand beside each other where a panel was closed. */
function openHistory(urls: readonly string[]) {
  const navigation = Object.assign(new EventTarget(), { currentEntry: null as Entry | null })
  const go = (index: number, navigationType: string) => {
    const from = navigation.currentEntry
    navigation.currentEntry = { index, url: urls[index] ?? '' }
    navigation.dispatchEvent(Object.assign(new Event('currententrychange'), { from, navigationType }))
  }
  const by = (step: number) => () => go((navigation.currentEntry?.index ?? 0) + step, 'traverse')
  const history = { back: by(-1), forward: by(1) }
  Object.assign(globalThis, { navigation, history })
  navigation.currentEntry = { index: urls.length - 1, url: urls.at(-1) ?? '' }
  return { navigation, history, go }
}

let end = () => {}
afterEach(() => end())

test('Back after closing a panel leads to what was before the list that it stood over', () => {
  const { navigation, history } = openHistory(['#/all', '#/completed', '#/completed'])
  end = goBackFromClosed()
  history.back()
  expect(navigation.currentEntry).toEqual({ index: 0, url: '#/all' })
})

test('Back and Forward between different addresses make one step, and so does a link to the same address', () => {
  const { navigation, history, go } = openHistory(['#/all', '#/completed', '#/completed', '#/today'])
  end = goBackFromClosed()
  history.back()
  expect(navigation.currentEntry?.index).toBe(2)
  go(2, 'replace')
  expect(navigation.currentEntry?.index).toBe(2)
  go(1, 'push')
  history.forward()
  expect(navigation.currentEntry?.index).toBe(2)
})

test('once it has ended, and in a browser without the means, Back makes one step', () => {
  const { navigation, history } = openHistory(['#/all', '#/completed', '#/completed'])
  goBackFromClosed()()
  history.back()
  expect(navigation.currentEntry?.index).toBe(1)
  Reflect.deleteProperty(globalThis, 'navigation')
  expect(goBackFromClosed()).toBeTypeOf('function')
})
