import { Toast } from '@base-ui/react/toast'
import { createContext, use, useSyncExternalStore } from 'react'
import { connectClient, type Client } from './client.ts'
import { createDraftStore, type DraftStore } from './drafts.ts'
import type { Draft } from './list/draft.ts'
import { clearTrash, storedTrash } from './list/stored_trash.ts'
import { createMessages, undoneText, type Messages } from './messages.ts'
import {
  createReplica,
  openLocalDatabase,
  createUndoStack,
  type Intent,
  type PendingWrite,
  type TaskReplica,
  type Snapshot,
  type UndoStack,
} from '@taskwire/offline'
import { rejectionOf } from './rejected_write.ts'
import { clearWelcome } from './welcome/welcome_mark.ts'
import { forgetPush, renewPush } from './reminders/push_choice.ts'
import { notifyReminder } from './reminders/notify_reminder.ts'
import { createSettings, type SettingsStore } from './settings/settings.ts'
import { go } from './shell/route.ts'
import { takeSharedText } from './shell/shared_text.ts'
import type { Session, User } from './session/session.ts'
import { t } from './texts/texts.ts'

/** Everything that the screens of a signed-in user work with. */
export interface Workspace {
  readonly user: User
  readonly session: Session
  readonly client: Client
  readonly replica: TaskReplica
  readonly undoStack: UndoStack
  readonly settings: SettingsStore
  readonly toasts: ReturnType<typeof Toast.createToastManager>
  /** Queues a write, and records it for undo. */
  readonly dispatch: (id: number | null, intent: Intent, base?: PendingWrite['base']) => PendingWrite
  /** Queues writes that are undone together. */
  readonly dispatchAll: (writes: readonly NewWrite[]) => readonly PendingWrite[]
  readonly messages: Messages
  readonly notify: Messages['notify']
  readonly drafts: DraftStore
  /** Undoes what was done last, or the given writes, and says so. */
  readonly undo: (writes?: readonly PendingWrite[]) => Promise<void>
  readonly redo: () => Promise<void>
  readonly signOut: () => Promise<void>
  /** How many writes wait in this browser, in all of its tabs. */
  readonly countUnsent: () => Promise<number>
  readonly close: () => void
}

/** A write to queue: of which task, what is meant to happen, and the task as the user sees it. */
export type NewWrite = Parameters<TaskReplica['write']>

export async function openWorkspace(session: Session, user: User): Promise<Workspace> {
  const toasts = Toast.createToastManager()
  const client = connectClient(() => session.token(user.id))
  const database = await openLocalDatabase(user.id)
  // Somebody else's tasks are not for this user to find. What they have not sent yet waits for them.
  void database.forgetOthers().catch(() => {})
  storedTrash(user.id)
  const settings = createSettings(client, user.id)
  // Without a connection those that this browser stored will do.
  void settings.load().catch(() => {})
  // Without a connection the next start renews it.
  void renewPush(session, user.id).catch(() => {})
  const undoStack = createUndoStack(client, () => replica)
  const drafts = createDraftStore(user.id)
  takeSharedText(drafts)
  const messages = createMessages(toasts, (writes) => void undo(writes))
  const { notify } = messages
  const replica = createReplica({
    client,
    database,
    user_id: user.id,
    zone: () => settings.current().time_zone,
    onSignedOut: session.expire,
    onReminder: (reminder) => void notifyReminder(reminder, messages),
    onAccepted: undoStack.onAccepted,
    onDiscarded: undoStack.onDropped,
    onRejected(write, reason) {
      undoStack.onDropped(write)
      const { title, description, draft } = rejectionOf(write, reason)
      if (draft === undefined) notify(title, description, 'high')
      else messages.offerProblem(title, description, { label: t.messages.editAgain, run: () => editAgain(draft) })
    },
  })

  function editAgain(draft: Draft): boolean {
    const isOpen = drafts.reopen(draft)
    if (isOpen) go({ view: 'all', panel: 'task', id: draft.base.id })
    return isOpen
  }

  async function undo(writes: readonly PendingWrite[] | undefined): Promise<void> {
    const undone = await undoStack.undo(writes).catch(() => [])
    const [first, ...others] = undone
    if (first === undefined) notify(t.messages.nothingToUndo)
    else notify(others.length === 0 ? undoneText(first) : t.messages.undone.many(undone.length))
  }

  return {
    user,
    session,
    client,
    replica,
    undoStack,
    settings,
    toasts,
    messages,
    notify,
    drafts,
    dispatch(id, intent, base) {
      const write = replica.write(id, intent, base)
      undoStack.record([write])
      return write
    },
    dispatchAll(intended) {
      const writes = replica.writeAll(intended)
      undoStack.record(writes)
      return writes
    },
    undo,
    async redo() {
      const isRedone = await undoStack.redo().catch(() => false)
      notify(isRedone ? t.messages.redone : t.messages.nothingToRedo)
    },
    async signOut() {
      replica.close()
      settings.clear()
      drafts.clear()
      clearWelcome()
      clearTrash()
      await database.clear().catch(() => {})
      await forgetPush().catch(() => {})
      await session.signOut()
    },
    close() {
      replica.close()
      // After a sign-out in another tab, remove what this tab has stored since.
      const state = session.state()
      if (state.kind !== 'signed_out' || state.isExpired === true) return
      settings.clear()
      drafts.clear()
      clearWelcome()
      clearTrash()
      void database.clear().catch(() => {})
    },
    async countUnsent() {
      const stored = await database.loadWrites().catch(() => [])
      return Math.max(stored.length, replica.snapshot().waiting.length)
    },
  }
}

export const WorkspaceContext = createContext<Workspace | null>(null)

export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext)
  if (workspace === null) throw new Error('useWorkspace needs a WorkspaceContext around the component')
  return workspace
}

/** The user as the account says it now. */
export function useUser(): User {
  const { session, user } = useWorkspace()
  const state = useSyncExternalStore(session.subscribe, session.state)
  return state.kind === 'signed_in' ? state.user : user
}

export function useSnapshot(): Snapshot {
  const { replica } = useWorkspace()
  return useSyncExternalStore(replica.subscribe, replica.snapshot)
}
