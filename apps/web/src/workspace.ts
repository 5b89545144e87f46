import { Toast } from '@base-ui/react/toast'
import { createContext, use, useSyncExternalStore } from 'react'
import { ownServer, type Client } from './client.ts'
import type { Intent, PendingWrite } from './replica/outbox/pending_write.ts'
import { createReplica, type Replica, type Snapshot } from './replica/replica.ts'
import { openLocalDatabase } from './replica/store/local_database.ts'
import { createUndoStack, type UndoStack } from './replica/undo_stack.ts'
import type { Session, User } from './session/session.ts'

/** Everything that a signed-in user's screen works with. */
export interface Workspace {
  readonly user: User
  readonly session: Session
  readonly client: Client
  readonly replica: Replica
  readonly undoStack: UndoStack
  readonly toasts: ReturnType<typeof Toast.createToastManager>
  /** Writes what the user wants, and remembers it for undo. */
  readonly dispatch: (id: number | null, intent: Intent, base?: PendingWrite['base']) => PendingWrite
  /** Says something in passing. `high` interrupts those who listen. */
  readonly notify: (title: string, description?: string, priority?: 'low' | 'high') => void
  /** Takes back what was done last, or the given write, and says so. */
  readonly undo: (write?: PendingWrite) => Promise<void>
  readonly redo: () => Promise<void>
  readonly signOut: () => Promise<void>
  /** How many writes wait in this browser, those of other tabs included. */
  readonly unsent: () => Promise<number>
  readonly close: () => void
}

export async function openWorkspace(session: Session, user: User): Promise<Workspace> {
  const toasts = Toast.createToastManager()
  const client = ownServer(session.token)
  const saved = await openLocalDatabase(user.id)
  const undoStack = createUndoStack(client, () => replica)
  const notify: Workspace['notify'] = (title, description, priority = 'low') => {
    toasts.add({ title, description, priority, type: priority === 'high' ? 'problem' : 'news' })
  }
  const replica = createReplica({
    client,
    saved,
    user_id: user.id,
    onSignedOut: session.ended,
    onAccepted: undoStack.accepted,
    onRefused(write, message) {
      undoStack.refused(write)
      notify(`${nameOf(write)} was not saved`, `${message}. It is shown as it was before.`.replace('..', '.'), 'high')
    },
  })

  return {
    user,
    session,
    client,
    replica,
    undoStack,
    toasts,
    notify,
    dispatch(id, intent, base) {
      const write = replica.write(id, intent, base)
      undoStack.record(write)
      return write
    },
    async undo(write) {
      const taken = await undoStack.undo(write).catch(() => undefined)
      // What offered to take it back has nothing to offer any more.
      if (taken !== undefined) toasts.close(taken.key)
      notify(taken === undefined ? 'There is nothing to undo' : 'Undone')
    },
    async redo() {
      const isDone = await undoStack.redo().catch(() => false)
      notify(isDone ? 'Done again' : 'There is nothing to do again')
    },
    async signOut() {
      replica.close()
      await saved.forget().catch(() => {})
      await session.signOut()
    },
    close() {
      replica.close()
      // Somebody signed out in another tab: what this one kept since goes too.
      const state = session.state()
      if (state.kind === 'signed_out' && state.ended !== true) void saved.forget().catch(() => {})
    },
    async unsent() {
      const kept = await saved.writes().catch(() => [])
      return Math.max(kept.length, replica.snapshot().waiting.length)
    },
  }
}

function nameOf({ intent, base }: PendingWrite): string {
  if (intent.kind === 'create' || intent.kind === 'edit') return `“${intent.title}”`
  if (intent.kind === 'undo') return 'The undo'
  return base === null ? 'The change' : `The change to “${base.title}”`
}

export const WorkspaceContext = createContext<Workspace | null>(null)

export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext)
  if (workspace === null) throw new Error('Only for what is shown inside a workspace')
  return workspace
}

export function useSnapshot(): Snapshot {
  const { replica } = useWorkspace()
  return useSyncExternalStore(replica.subscribe, replica.snapshot)
}
