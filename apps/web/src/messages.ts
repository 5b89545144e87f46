import type { PendingWrite, Undone } from '@taskwire/offline'
import { t, type Texts } from './texts/texts.ts'

/** What a message is made of. One of the same id replaces the one that is shown. */
export interface ToastOptions {
  readonly id?: string
  readonly type: 'news' | 'problem'
  readonly priority: 'low' | 'high'
  readonly title: string
  readonly description: string | undefined
  readonly actionProps?: { readonly children: string; readonly onClick: () => void } | undefined
  readonly onClose?: () => void
  /** In milliseconds; 0 for a message that stays until it is closed. */
  readonly timeout?: number
}

interface Toasts {
  readonly add: (toast: ToastOptions) => string
  readonly close: (id: string) => void
}

/** Messages to the user. Most show for a few seconds. News stands in one place: a later one takes the place of the one before. */
export interface Messages {
  /** Screen readers announce one of `high` priority at once. Those stay beside the news, each on its own. */
  readonly notify: (title: string, description?: string, priority?: 'low' | 'high') => void
  /** News with something to do about it. Returns a function that closes it, unless later news has replaced it. */
  readonly offer: (title: string, action: Action) => () => void
  /** A problem with something to do about it. It stays until the user closes it, or the action returns true. */
  readonly offerProblem: (title: string, description: string, action: Attempt) => void
  /** News of a write that can be undone. Several of one kind are one message: "3 tasks were moved to the trash". */
  readonly announce: (kind: UndoableKind, write: PendingWrite) => void
  /** News of one write, in its own words, that can be undone. */
  readonly offerUndo: (title: string, write: PendingWrite) => void
  /** News of writes that were made together. */
  readonly announceAll: (kind: UndoableKind, writes: readonly PendingWrite[]) => void
}

export interface Action {
  readonly label: string
  readonly run: () => void
}

interface Attempt {
  readonly label: string
  /** Returns whether it worked. */
  readonly run: () => boolean
}

export type UndoableKind = keyof Texts['messages']['one']

const NEWS = 'news'

export function createMessages(toasts: Toasts, undo: (writes: readonly PendingWrite[]) => void): Messages {
  let announced: { readonly kind: UndoableKind; readonly writes: readonly PendingWrite[] } | undefined
  let shown = 0

  function show(title: string, description?: string, action?: Action): void {
    shown++
    // A toast of the same id is updated. What is not named would stay from the one before.
    toasts.add({
      id: NEWS,
      type: 'news',
      priority: 'low',
      title,
      description,
      actionProps: action && { children: action.label, onClick: action.run },
      onClose() {
        announced = undefined
      },
    })
  }

  function showUndoable(kind: UndoableKind, writes: readonly PendingWrite[]): void {
    announced = { kind, writes }
    show(sentence(kind, writes), undefined, { label: t.messages.undo, run: () => undo(writes) })
  }

  return {
    notify(title, description, priority = 'low') {
      announced = undefined
      if (priority === 'high') toasts.add({ title, description, priority, type: 'problem' })
      else show(title, description)
    },
    offer(title, action) {
      announced = undefined
      show(title, undefined, action)
      const offered = shown
      return () => {
        if (shown === offered) toasts.close(NEWS)
      }
    },
    offerProblem(title, description, { label, run }) {
      const onClick = () => {
        if (run()) toasts.close(id)
      }
      const actionProps = { children: label, onClick }
      const id = toasts.add({ title, description, priority: 'high', type: 'problem', timeout: 0, actionProps })
    },
    announce(kind, write) {
      showUndoable(kind, announced?.kind === kind ? [...announced.writes, write] : [write])
    },
    offerUndo(title, write) {
      announced = undefined
      show(title, undefined, { label: t.messages.undo, run: () => undo([write]) })
    },
    announceAll(kind, writes) {
      if (writes.length > 0) showUndoable(kind, writes)
    },
  }
}

function sentence(kind: UndoableKind, writes: readonly PendingWrite[]): string {
  const [first, ...others] = writes
  if (others.length > 0) return t.messages.many[kind](writes.length)
  return t.messages.one[kind](first?.base?.title ?? t.messages.theTask)
}

/** What an undo did, as a sentence. */
export function undoneText({ kind, title }: Undone): string {
  const { undone } = t.messages
  if (title === undefined) return undone.done
  switch (kind) {
    case 'create':
    case 'created':
      return undone.removed(title)
    case 'delete':
    case 'deleted':
      return undone.restored(title)
    case 'complete':
    case 'completed':
      return undone.pending(title)
    case 'reopen':
    case 'reopened':
      return undone.completed(title)
    case 'skip':
      return undone.backOnDay(title)
    case 'move':
      return undone.backInPlace(title)
    default:
      return undone.asBefore(title)
  }
}
