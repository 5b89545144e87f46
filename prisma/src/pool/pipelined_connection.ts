import { promisify } from 'node:util'
import { DatabaseError, type Client, type QueryConfig } from 'pg'
import { requestCancel } from './cancel.ts'
import { leavesUsable, useUtc, type Connection } from './connection.ts'
import { ConnectionError } from './error_code.ts'
import { PipelinedQuery, StatementsError, type Answers, type Columns, type TypeId } from './pipelined_query.ts'
import { onUnconfirmedCommit } from './unconfirmed_commit.ts'

/** A connection on which statements are sent without waiting for the answers to those before. */
export interface PipelinedConnection {
  /**
   * Runs statements as one transaction, for which their callers have been waiting since `start`, a time of
   * `performance.now()`.
   */
  run(statements: readonly QueryConfig[], start: number): Promise<Answers>
  /** Whether PostgreSQL knows the statement on this connection. */
  hasPrepared(name: string): boolean
  inFlight(): number
  /** How long the oldest statement in flight has waited; 0 without one. */
  waitedMs(now: number): number
  /** Cancels or gives up statements that have waited too long. */
  enforceTimeout(now: number): void
  /** Closes the connection after the statements in flight, without waiting for the server. */
  retire(): void
  /** Settles when everything in flight has been answered. */
  settled(): Promise<unknown>
}

export interface PipelinedConnectionOptions {
  readonly connection: Connection
  readonly timeoutMs: number
  /** How long after the cancellation of a statement a connection that still does not answer is given up. */
  readonly giveUpMs: number
  readonly onOpen: (client: Client) => void
  /** Called once, when the connection accepts no more statements: it could not be opened, was lost or must be replaced. */
  readonly onUnusable: (error: Error, wasOpen: boolean) => void
  /** Called once, when the connection has ended. */
  readonly onEnd: () => void
}

export function pipelinedConnection(options: PipelinedConnectionOptions): PipelinedConnection {
  const { onOpen, onUnusable, onEnd, timeoutMs, giveUpMs } = options
  const client = new options.connection.Client({ ...options.connection, pipeline: true })
  // When each statement in flight started, in the order in which they are answered.
  const startedAt: number[] = []
  const known = new Map<string, Columns>()
  const typeParser = (type: TypeId) => client.getTypeParser(type, 'text')
  let last: Promise<unknown> = Promise.resolve()
  let isUnusable = false
  let isEnded = false
  let isOpen = false
  let isCorked = false
  let cancelled = -Infinity
  /** Whether the statement that is answered next has committed without its standby. */
  let isUnconfirmed = false

  onUnconfirmedCommit(client, () => (isUnconfirmed = true))
  // Without a listener, losing an idle connection would end the process.
  client.on('error', becomeUnusable)
  client.once('end', end)
  const opened = client.connect().then(async () => {
    isOpen = true
    onOpen(client)
    await promisify(useUtc)(client)
  })
  opened.catch((error: Error) => {
    becomeUnusable(error)
    end()
  })

  /** A connection may announce its end, then fail what is in flight, then end. */
  function becomeUnusable(error: Error): void {
    if (isUnusable) return
    isUnusable = true
    onUnusable(error, isOpen)
    void client.end()
  }

  function end(): void {
    if (isEnded) return
    isEnded = true
    onEnd()
  }

  async function send(statements: readonly QueryConfig[]): Promise<Answers> {
    await opened
    cork()
    return new Promise((resolve, reject) => {
      const query = new PipelinedQuery({
        statements,
        known,
        typeParser,
        onAnswer(error, answers) {
          const unconfirmed = isUnconfirmed
          isUnconfirmed = false
          if (unconfirmed)
            return reject(new ConnectionError('QUERY_TIMEOUT', 'no standby has confirmed the commit in time'))
          if (error === undefined) return resolve(answers)
          // A value could not be written, and so nothing was sent.
          if (error instanceof StatementsError) return reject(statements.length > 1 ? error : error.cause)
          if (!leavesUsable(error)) becomeUnusable(error)
          const isUndone = statements.length > 1 && error instanceof DatabaseError && leavesUsable(error)
          reject(isUndone ? new StatementsError(error, answers.length) : error)
        },
      })
      // It answers through `onAnswer`.
      void client.query(query)
    })
  }

  /** Sends everything of one turn of the event loop by one system call, which is most of what a statement costs here. */
  function cork(): void {
    if (isCorked) return
    isCorked = true
    // Read each time: with TLS it is another stream than the one that was connected.
    const { stream } = client.connection
    stream.cork()
    setImmediate(() => {
      isCorked = false
      stream.uncork()
    })
  }

  return {
    async run(statements, start) {
      startedAt.push(start)
      try {
        const answer = send(statements)
        last = answer
        return await answer
      } finally {
        startedAt.shift()
      }
    },
    hasPrepared: (name) => name in client.connection.parsedStatements,
    inFlight: () => startedAt.length,
    waitedMs: (now) => now - (startedAt[0] ?? now),
    enforceTimeout(now) {
      const [oldest = now] = startedAt
      if (now - oldest < timeoutMs) return
      if (now - oldest >= timeoutMs + giveUpMs) client.connection.stream.destroy()
      else if (cancelled !== oldest) {
        cancelled = oldest
        void requestCancel(client)
      }
    },
    retire() {
      isUnusable = true
      opened.then(
        () => client.end(),
        () => {},
      )
    },
    settled: () => last.catch(() => {}),
  }
}
