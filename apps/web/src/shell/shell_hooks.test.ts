import { openDocument } from '@taskwire/offline/testing/document'
import { createElement, type FormEvent } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fakeWorkspace } from '../../testing/workspace.ts'
import { useCheckedForm, type CheckedForm } from '../session/checked_form.ts'
import { applyTheme, prefer, singleKeys, theme } from './preference.ts'
import { closePanel, go, narrow, useRoute } from './route.ts'
import { useShortcuts } from './shortcuts.ts'
import { useIsNarrow, useIsWide } from './use_is_wide.ts'
import { useSearch } from './use_search.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** The address of the page, as it is changed by the app or by the user. */
async function opened(hash: string) {
  const screen = await openDocument()
  Object.assign(location, { hash })
  const visit = (to: string) => {
    Object.assign(location, { hash: to })
    return screen.dispatch(window, 'hashchange')
  }
  return { ...screen, visit, pass: (ms: number) => screen.act(() => vi.advanceTimersByTime(ms)) }
}

async function searching(hash: string) {
  const screen = await opened(hash)
  let used: ReturnType<typeof useSearch> | undefined
  function Search() {
    used = useSearch(useRoute())
    return null
  }
  await screen.render(createElement(Search))
  return {
    ...screen,
    search: () => used?.search,
    type: (text: string) => screen.act(() => used?.setSearch(text)),
  }
}

test('the address follows what is searched 300 ms after the last letter', async () => {
  const { pass, search, type, unmount } = await searching('#/all/chat?priority=high')
  await type('pa')
  await pass(299)
  await type('paint')
  expect(search()).toBe('paint')
  await pass(299)
  expect(location.hash).toBe('#/all/chat?priority=high')
  await pass(1)
  expect(location.hash).toBe('#/all/chat?search=paint&priority=high')
  await unmount()
})

test('an empty search, and one of spaces, is none in the address', async () => {
  const { pass, search, type, unmount } = await searching('#/all?search=paint')
  expect(search()).toBe('paint')
  await type('  ')
  await pass(300)
  expect([location.hash, search()]).toEqual(['#/all', '  '])
  await type(' a ')
  await pass(300)
  expect([location.hash, search()]).toEqual(['#/all?search=%20a%20', ' a '])
  await unmount()
})

test('another address says what is searched, whatever was being typed', async () => {
  const { pass, search, type, visit, unmount } = await searching('#/all?search=paint')
  await type('pain')
  await visit('#/today?search=rent')
  expect(search()).toBe('rent')
  await pass(1000)
  expect(location.hash).toBe('#/today?search=rent')
  await type('rent 2')
  await pass(300)
  await visit('#/today')
  expect(search()).toBe('')
  await unmount()
})

test('a search is written to the address that is open by then', async () => {
  const { act, pass, type, unmount } = await searching('#/all')
  await type('paint')
  await act(() => go({ view: 'all', panel: 'chat' }, 'replace'))
  await pass(300)
  expect(location.hash).toBe('#/all/chat?search=paint')
  await unmount()
})

test('a page that is left writes no search to the address, and follows none', async () => {
  const { listeners, pass, type, unmount } = await searching('#/all')
  expect(listeners()).toBe(1)
  await type('paint')
  await unmount()
  await pass(1000)
  expect([location.hash, vi.getTimerCount(), listeners()]).toEqual(['#/all', 0, 0])
})

test('closing a panel leaves the list as it is narrowed', async () => {
  const { unmount } = await opened('#/tag/home/history/5?search=a&sort=title')
  closePanel()
  expect(location.hash).toBe('#/tag/home?search=a&sort=title')
  await unmount()
})

test('a list is narrowed where the address leads by now, without its panel', async () => {
  const { unmount } = await opened('#/tag/home/chat?search=a')
  narrow({ sort: 'title', priority: 'low' })
  expect(location.hash).toBe('#/tag/home?search=a&priority=low&sort=title')
  narrow({ priority: undefined, search: undefined })
  expect(location.hash).toBe('#/tag/home?sort=title')
  await unmount()
})

test('the width of the window is followed, until the page is left', async () => {
  const screen = await openDocument()
  const lists = new Map<string, EventTarget & { matches: boolean }>()
  const matchMedia = (query: string) => {
    const list = lists.get(query) ?? Object.assign(new EventTarget(), { matches: false, listeners: 0 })
    lists.set(query, list)
    return list
  }
  Object.assign(globalThis, { matchMedia })
  const seen: unknown[] = []
  function Width() {
    seen.push([useIsWide(), useIsNarrow()])
    return null
  }
  await screen.render(createElement(Width))
  const [wide, narrow] = [lists.get('(min-width: 1120px)'), lists.get('(max-width: 52rem)')]
  const change = (list: typeof wide, matches: boolean) =>
    screen.act(() => Object.assign(list ?? {}, { matches }) && list?.dispatchEvent(new Event('change')))
  await change(wide, true)
  await change(wide, false)
  await change(narrow, true)
  expect(seen).toEqual([
    [false, false],
    [true, false],
    [false, false],
    [false, true],
  ])
  await screen.unmount()
})

test('the theme that is chosen is that of the page and of the bar of the browser', async () => {
  const { body, find, unmount } = await openDocument()
  body.innerHTML = '<meta name="theme-color" id="bar-0"><meta name="theme-color" id="bar-1">'
  // The document of the tests does not know this attribute.
  Object.assign(find('#bar-0'), { media: '' })
  Object.assign(find('#bar-1'), { media: '(prefers-color-scheme: dark)' })
  const bars = () => [0, 1].map((at) => find(`#bar-${at}`).getAttribute('content'))
  const chosen = () => document.documentElement.dataset['theme']
  applyTheme()
  expect([chosen(), bars()]).toEqual([undefined, ['#ffffff', '#161a1f']])
  prefer(theme, 'dark')
  applyTheme()
  expect([chosen(), bars()]).toEqual(['dark', ['#161a1f', '#161a1f']])
  prefer(theme, 'light')
  applyTheme()
  expect([chosen(), bars()]).toEqual(['light', ['#ffffff', '#ffffff']])
  prefer(theme, 'system')
  applyTheme()
  expect([chosen(), bars()]).toEqual([undefined, ['#ffffff', '#161a1f']])
  await unmount()
})

/** A page with a field, a box and a button, on which shortcuts are pressed. */
async function shortcuts(hash = '#/today') {
  const screen = await opened(hash)
  const made = fakeWorkspace()
  let commands = 0
  function Page() {
    useShortcuts(() => commands++)
    const field = (id: string, type = 'text') => createElement('input', { key: id, id, type })
    return createElement('div', { id: 'page' }, [field('new-task'), field('search'), field('box', 'checkbox')])
  }
  await screen.render(made.wrap(createElement(Page)))
  return { ...screen, undone: made.undone, commands: () => commands }
}

test.each([
  ['1', '#/today'],
  ['2', '#/upcoming'],
  ['3', '#/all'],
  ['4', '#/completed'],
  ['5', '#/trash'],
  ['?', '#/all/help?search=a'],
  ['c', '#/all/chat?search=a'],
])('%s leads to %s', async (key, to) => {
  const { press, unmount } = await shortcuts('#/all?search=a')
  expect(await press('#page', key)).toBe(false)
  expect(location.hash).toBe(to)
  await unmount()
})

test('n and / put the focus into their fields, where letters are only letters', async () => {
  const { press, unmount } = await shortcuts()
  expect(await press('#box', 'n')).toBe(false)
  expect(document.activeElement?.id).toBe('new-task')
  expect(await press('#page', '/')).toBe(false)
  expect(document.activeElement?.id).toBe('search')
  expect(await press('#search', '3')).toBe(true)
  expect(await press('#page', '3', { altKey: true })).toBe(true)
  expect(await press('#page', 'q')).toBe(true)
  expect(location.hash).toBe('#/today')
  await unmount()
})

test('Escape closes the assistant, also where single keys are off, which do nothing then', async () => {
  const { press, unmount } = await shortcuts('#/today/chat')
  prefer(singleKeys, 'off')
  expect(await press('#page', '3')).toBe(true)
  expect(location.hash).toBe('#/today/chat')
  expect(await press('#page', 'Escape')).toBe(false)
  expect(location.hash).toBe('#/today')
  expect(await press('#page', 'Escape')).toBe(true)
  await unmount()
})

test('Ctrl+Z undoes and Ctrl+Y redoes, unless a text is being typed', async () => {
  const { find, press, undone, unmount } = await shortcuts()
  const ctrlKey = true
  expect(await press('#page', 'z', { ctrlKey })).toBe(false)
  expect(await press('#page', 'Z', { ctrlKey, shiftKey: true })).toBe(false)
  expect(await press('#search', 'y', { metaKey: true })).toBe(false)
  expect(undone.splice(0)).toEqual([undefined, 'redo', 'redo'])
  find<HTMLInputElement>('#search').value = 'half'
  expect(await press('#search', 'z', { ctrlKey })).toBe(true)
  expect(await press('#box', 'z', { ctrlKey })).toBe(false)
  expect(await press('#page', 'x', { ctrlKey })).toBe(true)
  expect(undone).toEqual([undefined])
  await unmount()
})

test('Ctrl+K opens the commands, and over an open panel neither it nor a letter does anything', async () => {
  const { body, commands, press, unmount } = await shortcuts()
  expect(await press('#new-task', 'k', { ctrlKey: true })).toBe(false)
  expect(await press('#page', 'k', { ctrlKey: true, shiftKey: true })).toBe(true)
  expect(commands()).toBe(1)
  body.insertAdjacentHTML('beforeend', '<div class="sheet"></div>')
  expect(await press('#page', 'k', { ctrlKey: true })).toBe(true)
  expect(await press('#page', '3')).toBe(true)
  expect([commands(), location.hash]).toEqual([1, '#/today'])
  await unmount()
})

test('a page that is left has no shortcuts', async () => {
  const { listeners, unmount } = await shortcuts()
  expect(listeners()).toBe(1)
  await unmount()
  expect(listeners()).toBe(0)
})

/** A form of two fields, sent to a server that answers when it is told to. */
async function checkedForm() {
  const screen = await openDocument()
  const sent: unknown[] = []
  let answer = Promise.withResolvers<string | null>()
  let form: CheckedForm | undefined
  const short = (value: string) => (value.length < 3 ? `“${value}” is short` : null)
  function Form() {
    form = useCheckedForm({ name: short, city: short }, (values) => {
      sent.push(values)
      return answer.promise
    })
    return createElement('form', { onSubmit: (event: FormEvent<HTMLFormElement>) => form?.onSubmit(event) }, [
      createElement('input', { key: 'city', id: 'city', name: 'city' }),
      createElement('input', { key: 'name', id: 'name', name: 'name' }),
      createElement('input', { key: 'other', id: 'other', name: 'other', defaultValue: 'x' }),
    ])
  }
  await screen.render(createElement(Form))
  return {
    ...screen,
    sent,
    form: () => form,
    submit: () => screen.dispatch(screen.find('form'), 'submit'),
    reply: (refused: string | null) =>
      screen.act(() => {
        answer.resolve(refused)
        answer = Promise.withResolvers()
      }),
  }
}

test('a form with a mistake is not sent, and the first field with one gets the focus', async () => {
  const { enter, form, sent, submit, unmount } = await checkedForm()
  await enter('#city', 'Bern')
  await submit()
  expect(form()).toMatchObject({ problems: { name: '“” is short', city: null }, isBusy: false })
  expect([sent, document.activeElement?.id]).toEqual([[], 'name'])
  await unmount()
})

test('a form is busy while it is sent, and says why it was refused until it is sent again', async () => {
  const { act, enter, form, reply, sent, submit, unmount } = await checkedForm()
  await enter('#city', 'Bern')
  await enter('#name', 'Ada')
  await submit()
  expect(form()).toMatchObject({ problems: { name: null, city: null }, problem: null, isBusy: true })
  await reply('Taken')
  expect(form()).toMatchObject({ problem: 'Taken', isBusy: false })
  await submit()
  expect(form()).toMatchObject({ problem: null, isBusy: true })
  await reply('Still taken')
  await act(() => form()?.reset())
  expect(form()).toMatchObject({ problems: {}, problem: null, isBusy: false })
  expect(sent).toEqual([
    { name: 'Ada', city: 'Bern' },
    { name: 'Ada', city: 'Bern' },
  ])
  await unmount()
})
