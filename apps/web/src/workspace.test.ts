import { beforeEach, expect, test } from 'vitest'
import { openLocalDatabase } from '@taskwire/offline'
import { openPage, taskWith, type FakePage } from '@taskwire/offline/testing'
import { storeTrash } from './list/stored_trash.ts'
import type { Session, SessionState } from './session/session.ts'
import { storePushChoice } from './reminders/push_choice.ts'
import { storeWelcome } from './welcome/welcome_mark.ts'
import { openWorkspace } from './workspace.ts'

const user = { id: 'ada', email: 'ada@example.org', name: 'Ada' }
const task = taskWith()

let page: FakePage
beforeEach(() => {
  // A port on which nobody listens: the app works without its server.
  page = openPage('http://127.0.0.1:9')
})

/** The session of a user who can sign out. */
function sessionOf(): Session {
  let state: SessionState = { kind: 'signed_in', user }
  const unused = () => {
    throw new Error('the workspace needs nothing else of the session')
  }
  return {
    call: unused,
    state: () => state,
    subscribe: () => () => {},
    token: () => Promise.resolve('token'),
    signIn: unused,
    signUp: unused,
    askForNewPassword: unused,
    resetPassword: unused,
    reload: unused,
    async signOut() {
      state = { kind: 'signed_out' }
    },
    expire() {
      state = { kind: 'signed_out', isExpired: true }
    },
  }
}

/** The workspace of a user who has tasks, an unsent write, drafts, a trash and a welcome in this browser. */
async function usedWorkspace() {
  const session = sessionOf()
  const database = await openLocalDatabase(user.id)
  await database.replaceTasks(5, [task])
  const workspace = await openWorkspace(session, user)
  workspace.drafts.save({ new_task: 'half typed' })
  storeTrash(user.id, [task])
  page.storage.setItem('taskwire.settings', JSON.stringify({ user_id: user.id }))
  storeWelcome({ user_id: user.id, ids: null })
  workspace.dispatch(null, { kind: 'create', fields: { title: 'Unsent' } })
  await expect.poll(workspace.countUnsent).toBe(1)
  await expect.poll(async () => (await database.loadWrites()).length).toBe(1)
  return { workspace, session, database }
}

test('signing out leaves nothing of the user in the browser, and no listener', async () => {
  const { workspace, session, database } = await usedWorkspace()
  storePushChoice({ user_id: user.id, shows_title: true })
  await workspace.signOut()
  expect(session.state().kind).toBe('signed_out')
  expect(await database.loadTasks()).toBeNull()
  expect(await database.loadWrites()).toEqual([])
  expect(page.storage.length).toBe(0)
  expect(page.listeners()).toBe(0)
})

test('a session that has expired leaves what waits in the browser', async () => {
  const { workspace, session, database } = await usedWorkspace()
  session.expire()
  workspace.close()
  expect(await database.loadTasks()).toMatchObject({ seq: 5 })
  expect(await database.loadWrites()).toHaveLength(1)
  expect(page.storage.length).toBeGreaterThan(0)
  expect(page.listeners()).toBe(0)
  await database.clear()
})

test('a sign-out in another tab removes what this one has stored', async () => {
  const { workspace, session, database } = await usedWorkspace()
  await session.signOut()
  workspace.close()
  await expect.poll(() => database.loadTasks()).toBeNull()
  expect(await database.loadWrites()).toEqual([])
  expect(page.storage.length).toBe(0)
})

test('another user of the browser finds neither the tasks nor the drafts of the one before, whose writes wait', async () => {
  const { workspace, database } = await usedWorkspace()
  workspace.close()
  const bob = { ...user, id: 'bob' }
  const other = await openWorkspace(sessionOf(), bob)
  expect(other.drafts.load().new_task).toBe('')
  expect(other.replica.snapshot().tasks).toEqual([])
  await expect.poll(() => database.loadTasks()).toBeNull()
  expect(await database.loadWrites()).toHaveLength(1)
  expect(page.storage.getItem('taskwire.trash')).toBeNull()
  other.close()
  await database.clear()
})
