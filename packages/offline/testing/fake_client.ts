import type { Change, TaskwireClient, Task } from '@taskwire/client'

type FollowOptions = NonNullable<Parameters<TaskwireClient['changes']>[0]>

/** A server as the sync sees it: a list of tasks, and a log that goes on until its reader leaves. */
export interface FakeServer {
  tasks: readonly Task[]
  /** Where the log ends. */
  next: number
  /** Answers the subscriptions one after the other; the last answer is repeated. */
  readonly streams: ((options: FollowOptions) => AsyncGenerator<Change, void, undefined>)[]
  /** The options of the subscriptions that were opened. */
  readonly followed: FollowOptions[]
  /** How often the list was read. */
  lists: number
}

/** A stream that yields these changes and then nothing, until it is aborted. */
export async function* openStream({ signal }: FollowOptions, changes: readonly Change[] = []) {
  yield* changes
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
}

export function fakeServer(options: Partial<FakeServer> = {}): { server: FakeServer; client: TaskwireClient } {
  const server: FakeServer = { tasks: [], next: 0, streams: [], followed: [], lists: 0, ...options }
  const client = {
    change: { list: { query: () => Promise.resolve({ changes: [], next: server.next, has_more: false }) } },
    task: {
      list: {
        query() {
          server.lists++
          return Promise.resolve({ items: server.tasks, next_cursor: null })
        },
      },
    },
    changes(followed: FollowOptions) {
      server.followed.push(followed)
      const stream = server.streams[Math.min(server.followed.length, server.streams.length) - 1]
      return stream === undefined ? openStream(followed) : stream(followed)
    },
  }
  return { server, client: client as unknown as TaskwireClient }
}
