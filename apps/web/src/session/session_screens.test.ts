import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement, type ReactNode } from 'react'
import { App } from '../app.tsx'
import { startText } from '../texts/start_texts.ts'
import NewPassword from './new_password.tsx'
import type { Session, SessionState } from './session.ts'
import { SignIn } from './sign_in.tsx'

const { forgot, problems, reset } = startText

let asked: unknown[][]
/** Why the server refuses what it is asked; null if it does not. */
let answer: () => Promise<string | null>
let state: SessionState
const listeners = new Set<() => void>()
beforeEach(() => {
  openPage()
  Object.assign(globalThis, { SOURCE_URL: '' })
  asked = []
  answer = async () => null
  state = { kind: 'signed_out' }
})

const record = (...call: unknown[]) => {
  asked.push(call)
  return answer()
}
const session = {
  state: () => state,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  signIn: (...given: unknown[]) => record('sign in', ...given),
  signUp: (...given: unknown[]) => record('sign up', ...given),
  askForNewPassword: (...given: unknown[]) => record('ask', ...given),
  resetPassword: (...given: unknown[]) => record('reset', ...given),
} as unknown as Session

async function shown(page: ReactNode) {
  const screen = await renderScreen(page)
  onTestFinished(screen.unmount)
  const field = (name: string) => screen.document.querySelector(`.field:has([name=${name}]) .problem`)?.textContent
  return { ...screen, field, problem: () => screen.find('form > .problem').textContent }
}

test('a form is sent once it is valid, and until then the first field that is not has the focus', async () => {
  const { document, field, submit } = await shown(createElement(SignIn, { session, isNew: true, isExpired: false }))
  await submit({ name: 'Ada', email: 'ada', password: 'short' })
  expect([asked, document.activeElement?.getAttribute('name')]).toEqual([[], 'email'])
  expect([field('name'), field('email'), field('password')]).toEqual([
    undefined,
    problems.email,
    problems.passwordShort,
  ])
  await submit({ name: ' Ada ', email: ' ada@example.org ', password: ' a password ' })
  expect(asked).toEqual([['sign up', 'Ada', 'ada@example.org', ' a password ']])
  expect(field('email')).toBeUndefined()
})

test('a refusal is shown until the next try, during which nothing else is sent', async () => {
  let signedIn = 0
  const form = createElement(SignIn, { session, isNew: false, isExpired: false, onSignedIn: () => signedIn++ })
  const { act, find, problem, submit } = await shown(form)
  answer = async () => problems.incorrect
  await submit({ email: 'ada@example.org', password: 'x' })
  expect([problem(), signedIn, find<HTMLButtonElement>('[type=submit]').disabled]).toEqual([
    problems.incorrect,
    0,
    false,
  ])
  const { promise, resolve } = Promise.withResolvers<null>()
  answer = () => promise
  await submit()
  expect([problem(), find<HTMLButtonElement>('[type=submit]').disabled]).toEqual(['', true])
  await act(() => resolve(null))
  expect([signedIn, find<HTMLButtonElement>('[type=submit]').disabled]).toEqual([1, false])
})

test('going to the other form leaves the problems of this one behind', async () => {
  const { click, field, submit } = await shown(createElement(SignIn, { session, isNew: false, isExpired: false }))
  await submit()
  expect(field('email')).toBe(problems.email)
  await click('.auth-other a')
  expect(field('email')).toBeUndefined()
})

test('a session that has expired says so, and a first visit says what this is', async () => {
  const expired = await shown(createElement(SignIn, { session, isNew: false, isExpired: true }))
  expect([expired.text().includes(startText.expired), expired.text().includes(startText.visit.lead)]).toEqual([
    true,
    false,
  ])
  const first = await shown(createElement(SignIn, { session, isNew: false, isExpired: false }))
  expect([first.text().includes(startText.expired), first.text().includes(startText.visit.lead)]).toEqual([false, true])
  expect(first.document.title).toBe(`${startText.signIn} · Taskwire`)
})

test('a link for a new password is asked for by the address, and said to be sent only then', async () => {
  const { problem, submit, text } = await shown(createElement(NewPassword, { session, page: 'forgot-password' }))
  answer = async () => problems.tooMany
  await submit({ email: 'ada@example.org' })
  expect([problem(), text().includes(forgot.sent('ada@example.org'))]).toEqual([problems.tooMany, false])
  answer = async () => null
  await submit({ email: ' ada@example.org ' })
  expect([asked.at(-1), text().includes(forgot.sent('ada@example.org'))]).toEqual([['ask', 'ada@example.org'], true])
})

test('a new password is chosen with the token of the link, which may be spent', async () => {
  location.hash = '#/reset-password?token=a%2Bb'
  const { field, problem, submit, text } = await shown(createElement(NewPassword, { session, page: 'reset-password' }))
  await submit({ password: '1234567' })
  expect([asked, field('password')]).toEqual([[], problems.passwordShort])
  answer = async () => problems.linkSpent
  await submit({ password: '12345678' })
  expect([problem(), text().includes(reset.done)]).toEqual([problems.linkSpent, false])
  answer = async () => null
  await submit()
  expect([asked.at(-1), text().includes(reset.done)]).toEqual([['reset', 'a+b', '12345678'], true])
})

test('where nobody was signed in the form does not wait for the server, and else the page does', async () => {
  state = { kind: 'checking' }
  const visitor = await shown(createElement(App, { session }))
  expect(visitor.buttons()).toContain(startText.signIn)
  localStorage.setItem('taskwire.user', '{}')
  const known = await shown(createElement(App, { session }))
  expect(known.buttons()).toEqual([])
  localStorage.clear()
  // A session that begins before the server has heard of the sign-out would end with it.
  localStorage.setItem('taskwire.leaving', 'yes')
  const leaving = await shown(createElement(App, { session }))
  expect(leaving.buttons()).toEqual([])
})

test('the form follows the address and the session, and a page that is left listens to neither', async () => {
  const page = openPage()
  const { act, buttons, text, unmount } = await shown(createElement(App, { session }))
  expect(buttons()).toContain(startText.signIn)
  location.hash = '#/sign-up'
  await act(() => page.dispatch('hashchange'))
  expect(buttons()).toContain(startText.signUp)
  location.hash = ''
  state = { kind: 'signed_out', isExpired: true }
  await act(() => {
    page.dispatch('hashchange')
    for (const listener of listeners) listener()
  })
  expect(text()).toContain(startText.expired)
  listeners.clear()
  const before = page.listeners()
  unmount()
  expect([before, page.listeners()]).toEqual([1, 0])
})
