import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement, type ComponentType } from 'react'
import type { AuthAnswer } from '../session/auth_call.ts'
import type { User } from '../session/session.ts'
import { startText } from '../texts/start_texts.ts'
import { t } from '../texts/texts.ts'
import { exactTime } from '../time.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { DeleteAccount } from './delete_account.tsx'
import { PasswordForm } from './password_form.tsx'
import { EmailForm, NameForm } from './profile_forms.tsx'
import { Sessions } from './sessions.tsx'

const { account } = t
const { problems } = startText
const ada: User = { id: 'ada', email: 'ada@example.org', name: 'Ada' }

let user: User
let asked: unknown[][]
let said: string[]
let signOuts: number
/** What the server answers where it does not answer with nothing, by the path. */
let answers: Record<string, () => Promise<AuthAnswer<unknown>>>

beforeEach(() => {
  openPage()
  user = ada
  asked = []
  said = []
  signOuts = 0
  answers = {}
})

const ok = (data: unknown) => async (): Promise<AuthAnswer<unknown>> => ({ data, error: null })
const refusal = (code: string) => async (): Promise<AuthAnswer<unknown>> => ({
  data: null,
  error: { status: 400, code },
})
const lost = () => Promise.reject(new TypeError('Failed to fetch'))

/** A part of the account page of Ada. */
async function shown(component: ComponentType) {
  const state = { kind: 'signed_in', user } as const
  const session = {
    call(path: string, body?: object) {
      asked.push(body === undefined ? [path] : [path, body])
      return (answers[path] ?? ok({}))()
    },
    subscribe: () => () => {},
    state: () => state,
    reload: async () => user,
  }
  const signOut = async () => void signOuts++
  const workspace = { session, user, notify: (text: string) => said.push(text), signOut } as unknown as Workspace
  const screen = await renderScreen(createElement(WorkspaceContext, { value: workspace }, createElement(component)))
  onTestFinished(screen.unmount)
  const problem = () => screen.find('form > .problem').textContent
  return { ...screen, problem }
}

test('a name is sent without what surrounds it, and an empty one is not', async () => {
  const { find, submit } = await shown(NameForm)
  expect(find<HTMLInputElement>('input').value).toBe('Ada')
  await submit({ name: ' ' })
  expect([asked, find('.field .problem').textContent]).toEqual([[], problems.nameMissing])
  await submit({ name: ' Ada L. ' })
  expect([asked, said]).toEqual([[['/update-user', { name: 'Ada L.' }]], [account.nameSaved]])
})

test('a name that the server refuses is not said to be saved', async () => {
  answers['/update-user'] = lost
  const { find, problem, submit } = await shown(NameForm)
  await submit({ name: 'Bea' })
  expect([said, problem(), find<HTMLButtonElement>('button').disabled]).toEqual([[], problems.unreachable, false])
})

test('the own address in other letters is not sent', async () => {
  const { submit } = await shown(EmailForm)
  await submit({ email: ' ADA@example.org ' })
  expect([asked, said]).toEqual([[], []])
})

test('a new address waits until it is confirmed, and is said to be saved where it counts at once', async () => {
  const { submit, text } = await shown(EmailForm)
  await submit({ email: 'Bea@Example.org' })
  expect([asked, said]).toEqual([[['/change-email', { newEmail: 'bea@example.org' }]], []])
  expect(text()).toContain(account.confirmEmail('bea@example.org'))
  user = { ...ada, email: 'bea@example.org' }
  await submit({ email: 'bea@example.org' })
  expect([said, text().includes(account.confirmEmail('bea@example.org'))]).toEqual([[account.emailSaved], false])
})

test('a new password ends the other sessions, and neither password stays in the form', async () => {
  const { find, submit } = await shown(PasswordForm)
  await submit({ current: 'old', next: 'longer than eight' })
  expect(asked).toEqual([
    ['/change-password', { currentPassword: 'old', newPassword: 'longer than eight' }],
    ['/revoke-other-sessions', {}],
  ])
  expect(said).toEqual([account.passwordSaved])
  expect([find<HTMLInputElement>('[name=current]').value, find<HTMLInputElement>('[name=next]').value]).toEqual([
    '',
    '',
  ])
})

test('with a wrong password nothing is changed and nobody is signed out', async () => {
  answers['/change-password'] = refusal('INVALID_PASSWORD')
  const { problem, submit } = await shown(PasswordForm)
  await submit({ current: 'wrong', next: 'longer than eight' })
  expect([asked.map(([path]) => path), said, problem()]).toEqual([['/change-password'], [], problems.wrongPassword])
})

test('an account is deleted with its password only, and then its user leaves', async () => {
  const { click, problem, submit } = await shown(DeleteAccount)
  await click(account.deleteAccount)
  await submit()
  expect(asked).toEqual([])
  answers['/delete-user'] = refusal('INVALID_PASSWORD')
  await submit({ password: 'wrong' })
  expect([signOuts, problem()]).toEqual([0, problems.wrongPassword])
  answers = {}
  await submit({ password: 'right' })
  expect([asked.at(-1), signOuts]).toEqual([['/delete-user', { password: 'right' }], 1])
})

const stored = (id: string, day: number, userAgent: string | null = null) => ({
  id,
  token: `token ${id}`,
  userAgent,
  createdAt: new Date(Date.UTC(2026, 2, day)).toISOString(),
})

/** The rows of the sessions that the server has, of which `own` is this one. */
async function shownSessions(sessions: readonly object[], own: object | null = { session: { id: 'own' } }) {
  answers['/list-sessions'] = ok(sessions)
  answers['/get-session'] = ok(own)
  const screen = await shown(Sessions)
  return { ...screen, names: () => [...screen.document.querySelectorAll('strong')].map((name) => name.textContent) }
}

test('this session comes first, then the others from the latest on, each with its browser and its time', async () => {
  const sessions = [stored('a', 1, 'X Firefox/1 Windows'), stored('own', 2), stored('b', 3, 'X OPR/1 Linux')]
  const { document, names } = await shownSessions(sessions)
  expect(names()).toEqual([account.thisSession(account.unknownBrowser), 'Opera, Linux', 'Firefox, Windows'])
  expect(document.querySelector('.quiet')?.textContent).toBe(account.since(exactTime(sessions[1]?.createdAt ?? '')))
})

test('another session is ended by its token, after which the list is read again', async () => {
  const { click, names, text } = await shownSessions([stored('own', 2), stored('b', 3, 'X OPR/1 Linux')])
  answers['/list-sessions'] = ok([stored('own', 2)])
  asked = []
  await click(account.endSessionOf('Opera, Linux'))
  expect(asked).toEqual([['/revoke-session', { token: 'token b' }], ['/list-sessions'], ['/get-session']])
  expect([said, names().length, text().includes(account.noOtherSessions)]).toEqual([[account.sessionEnded], 1, true])
})

test('all others are ended together where there are several', async () => {
  const { buttons, click } = await shownSessions([stored('own', 2), stored('b', 3), stored('c', 4)])
  asked = []
  await click(account.endOthers)
  expect(asked[0]).toEqual(['/revoke-other-sessions', {}])
  expect((await shownSessions([stored('own', 2), stored('b', 3)])).buttons()).not.toContain(account.endOthers)
  expect(buttons()).not.toContain(account.endSessionOf(account.thisSession(account.unknownBrowser)))
})

test('where the sessions cannot be read, or one not ended, the page says so', async () => {
  const { click, find, names } = await shownSessions([stored('own', 2), stored('b', 3)])
  answers['/revoke-session'] = lost
  await click(account.endSessionOf(account.unknownBrowser))
  expect([find('[role=alert]').textContent, said, names().length]).toEqual([problems.unreachable, [], 2])
  answers['/revoke-session'] = ok({})
  answers['/list-sessions'] = lost
  await click(account.endSessionOf(account.unknownBrowser))
  expect([find('[role=alert]').textContent, said]).toEqual([problems.unreachable, [account.sessionEnded]])
  answers['/list-sessions'] = refusal('X')
  const { find: findOther } = await shown(Sessions)
  expect(findOther('[role=alert]').textContent).toBe(problems.unknown)
})
