import type { Task } from '../../client.ts'
import type { PendingWrite } from './pending_write.ts'
import { isMergeable, merged, onTopOf } from './merge.ts'
import type { LocalDatabase } from '../store/local_database.ts'
import type { AcceptedWrite } from './send_write.ts'

export interface OutboxOptions {
  readonly saved: LocalDatabase
  /** Sends one write; rejects with what the server said. */
  readonly send: (write: PendingWrite) => Promise<AcceptedWrite>
  /** What a failed send means for its write. */
  readonly classify: (error: unknown) => FailureClass
  readonly onChange: () => void
  readonly onAccepted: (write: PendingWrite, answer: AcceptedWrite) => void
  readonly onRefused: (write: PendingWrite, message: string) => void
}

export type FailureClass =
  | { readonly kind: 'later'; readonly ms: number }
  | { readonly kind: 'conflict'; readonly current: Task }
  | { readonly kind: 'refused'; readonly message: string }

/** The writes that the server has not accepted yet, sent one after the other, in order. */
export interface Outbox {
  readonly writes: readonly PendingWrite[]
  /** Whether the write is on its way, so that it can no longer be taken back here. */
  readonly isSending: (write: PendingWrite) => boolean
  readonly add: (write: PendingWrite) => void
  /** Takes writes in that were kept by an earlier page. */
  readonly adopt: (writes: readonly PendingWrite[]) => void
  /** Takes a write back that was not sent yet, and whatever builds on a task that then never was. */
  readonly cancel: (key: string) => void
  /** Sends a write that was in conflict again, as another one. */
  readonly replace: (key: string, by: PendingWrite) => void
  /** Tries at once what waits for a connection. */
  readonly retry: () => void
  readonly close: () => void
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { saved, onChange } = options
  let writes: PendingWrite[] = []
  let sending: PendingWrite | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const keep = (write: PendingWrite) => void saved.keepWrite(write).catch(() => {})
  const drop = (key: string) => {
    writes = writes.filter((write) => write.key !== key)
    void saved.dropWrite(key).catch(() => {})
  }

  /** The first write that nothing holds up: an unresolved conflict holds up its own task only. */
  function next(): PendingWrite | undefined {
    const held = new Set<number>()
    for (const write of writes) {
      if (write.conflict !== undefined) held.add(write.task_id)
      else if (!held.has(write.task_id)) return write
    }
    return undefined
  }

  function revise(revised: (write: PendingWrite) => PendingWrite): void {
    writes = writes.map((write) => {
      const changed = revised(write)
      if (changed !== write) keep(changed)
      return changed
    })
  }

  function accepted(write: PendingWrite, answer: AcceptedWrite): void {
    const task = 'task' in answer ? answer.task : answer.change.after
    revise((waiting) => (waiting.key === write.key || task === null ? waiting : onTopOf(waiting, write, task)))
    drop(write.key)
    options.onAccepted(write, answer)
  }

  function failed(write: PendingWrite, error: unknown): void {
    const verdict = options.classify(error)
    if (verdict.kind === 'later') {
      timer = setTimeout(retry, verdict.ms)
    } else if (verdict.kind === 'conflict') {
      const { current } = verdict
      // Nobody else touched what was edited: both can stand, on the version that is there now.
      if (isMergeable(write, current)) replace(write.key, { ...merged(write, current), key: `${write.key}+` })
      else revise((waiting) => (waiting.key === write.key ? { ...waiting, conflict: current } : waiting))
    } else {
      drop(write.key)
      if (write.intent.kind === 'create') dropDependents(write.task_id)
      options.onRefused(write, verdict.message)
    }
  }

  async function sendAll(): Promise<void> {
    if (sending !== undefined || timer !== undefined) return
    for (let write = next(); write !== undefined && !closed; write = next()) {
      sending = write
      try {
        accepted(write, await options.send(write))
      } catch (error) {
        if (!closed) failed(write, error)
      }
      sending = undefined
      onChange()
      if (timer !== undefined) return
    }
  }

  function dropDependents(task_id: number): void {
    for (const write of writes) if (write.task_id === task_id) drop(write.key)
  }

  function replace(key: string, by: PendingWrite): void {
    writes = writes.map((write) => (write.key === key ? by : write))
    keep(by)
    if (by.key !== key) void saved.dropWrite(key).catch(() => {})
    onChange()
    void sendAll()
  }

  function retry(): void {
    clearTimeout(timer)
    timer = undefined
    if (!closed) void sendAll()
  }

  return {
    get writes() {
      return writes
    },
    isSending: (write) => sending?.key === write.key,
    add(write) {
      writes = [...writes, write]
      keep(write)
      onChange()
      void sendAll()
    },
    adopt(kept) {
      const known = new Set(writes.map(({ key }) => key))
      writes = [...writes, ...kept.filter(({ key }) => !known.has(key))].toSorted((a, b) => a.at - b.at)
      for (const write of kept) keep(write)
      onChange()
      void sendAll()
    },
    cancel(key) {
      const write = writes.find((waiting) => waiting.key === key)
      if (write === undefined) return
      drop(key)
      if (write.intent.kind === 'create') dropDependents(write.task_id)
      onChange()
    },
    replace,
    retry,
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
