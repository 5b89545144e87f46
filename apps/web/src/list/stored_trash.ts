import type { Task } from '../client.ts'
import { tableShape, withDefaults } from '@taskwire/offline'

export type TrashedTask = Task & { readonly deleted_at?: string | undefined }

const STORED = 'taskwire.trash'

/** Keeps the latest deleted tasks in this browser, to show them without a connection. */
export function storeTrash(user_id: string, tasks: readonly TrashedTask[]): void {
  try {
    localStorage.setItem(STORED, JSON.stringify({ user_id, shape: tableShape, tasks }))
  } catch {
    // It is full: the trash needs a connection then.
    localStorage.removeItem(STORED)
  }
}

/** Undefined if none are stored for this user. Those of another user or of a build with other fields are removed. */
export function storedTrash(user_id: string): readonly TrashedTask[] | undefined {
  const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? 'null')
  if (!isStored(stored)) return undefined
  if (stored.user_id === user_id && stored.shape === tableShape) {
    return stored.tasks.map((task) => ({ ...withDefaults(task), deleted_at: task.deleted_at }))
  }
  localStorage.removeItem(STORED)
  return undefined
}

export function clearTrash(): void {
  localStorage.removeItem(STORED)
}

interface Stored {
  readonly user_id: string
  readonly shape: string
  readonly tasks: readonly TrashedTask[]
}

function isStored(value: unknown): value is Stored {
  return typeof value === 'object' && value !== null && 'user_id' in value && 'tasks' in value
}
