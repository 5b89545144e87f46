import { createEmitter, type Intent, type PendingWrite, type Snapshot } from '@taskwire/offline'
import { createChangeBuffer, writeOf } from '@taskwire/offline/testing'
import { createElement, type ReactNode } from 'react'
import type { Change, Task } from '../src/client.ts'
import { createDraftStore } from '../src/drafts.ts'
import { createMessages, type ToastOptions } from '../src/messages.ts'
import { WorkspaceContext, type NewWrite, type Workspace } from '../src/workspace.ts'

interface FakeWorkspaceOptions {
  readonly tasks?: readonly Task[]
  /** Those that were heard of. */
  readonly changes?: readonly Change[]
  readonly client?: object
  readonly zone?: string
}

/** A workspace without a server: what is done in it is recorded, and changes no task. Call it after `openPage`. */
export function fakeWorkspace({ tasks = [], changes = [], client = {}, zone = 'UTC' }: FakeWorkspaceOptions = {}) {
  const dispatched: { readonly id: number | null; readonly intent: Intent }[] = []
  const toasts: Partial<ToastOptions>[] = []
  const closed: string[] = []
  const undone: unknown[] = []
  const heard = createEmitter()
  const buffer = createChangeBuffer()
  changes.forEach(buffer.add)
  const changed = createEmitter()
  const listeners = { changes: 0, snapshots: 0 }
  let last: Change | undefined
  let snapshot: Snapshot = { tasks, phase: 'ready', connection: 'live', waiting: [] }

  const counted = (emitter: typeof heard, name: keyof typeof listeners) => (listener: () => void) => {
    listeners[name]++
    const leave = emitter.subscribe(listener)
    return () => {
      listeners[name]--
      leave()
    }
  }
  function dispatch(id: number | null, intent: Intent, base?: PendingWrite['base']): PendingWrite {
    dispatched.push({ id, intent })
    return writeOf(base ?? ({ id: id ?? -1, user_id: 'ada' } as Task), intent)
  }
  const toastManager = {
    add: (toast: Partial<ToastOptions>) => String(toasts.push(toast)),
    close: (id: string) => void closed.push(id),
  }
  const undo = (writes?: readonly PendingWrite[]) => Promise.resolve(void undone.push(writes))
  const messages = createMessages(toastManager, (writes) => void undo(writes))
  const settings = { time_zone: zone, remind_time: '09:00' }
  const workspace = {
    user: { id: 'ada', email: 'ada@example.org', name: 'Ada' },
    client,
    drafts: createDraftStore('ada'),
    messages,
    notify: messages.notify,
    settings: { current: () => settings, subscribe: () => () => {} },
    toasts: toastManager,
    dispatch,
    dispatchAll: (writes: readonly NewWrite[]) => writes.map(([id, intent, base]) => dispatch(id, intent, base)),
    undo,
    redo: () => Promise.resolve(void undone.push('redo')),
    undoStack: { undoChange: (change: unknown) => undone.push(change), forgetDeleted: () => undone.push('forgotten') },
    replica: {
      snapshot: () => snapshot,
      subscribe: counted(changed, 'snapshots'),
      task: (id: number) => snapshot.tasks.find((task) => task.id === id),
      // A row keeps its key when its task gets its id.
      rowKey: (id: number) => id * 10,
      findChange: buffer.find,
      onChange: (listener: (change: Change) => void) => counted(heard, 'changes')(() => last && listener(last)),
      retry: () => undone.push('retry'),
    },
  } as unknown as Workspace

  return {
    workspace,
    dispatched,
    toasts,
    closed,
    /** What was asked to be undone, or done otherwise. */
    undone,
    listeners,
    /** Shows other tasks, or another state of them. */
    show: (next: Partial<Snapshot>) => {
      snapshot = { ...snapshot, ...next }
      changed.emit()
    },
    /** A change arrives from the server. */
    hear: (change: Change) => {
      last = change
      heard.emit()
    },
    wrap: (child: ReactNode) => createElement(WorkspaceContext, { value: workspace }, child),
  }
}
