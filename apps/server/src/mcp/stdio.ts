import { randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import {
  appRouter,
  changeFeed,
  cursorSeal,
  operations,
  Refusal,
  tokenVerifier,
  tools,
  toolsFor,
  type Services,
  type Tool,
} from '@taskwire/api'
import { DatabaseNotReady } from '@taskwire/db/migrate'
import { createSignIn } from '../auth/sign_in.ts'
import { migratedDatabase } from '../database.ts'
import { agentKey, BadConfiguration, readEnv, type Env } from '../env.ts'
import { openLog } from '../log.ts'
import { sharedSecret } from '../secret.ts'
import { closing, stopOnSignals, type Closing } from '../stop.ts'
import { mcpServer } from './server.ts'

// MCP over stdio, for one user: the one of TASKWIRE_API_KEY. It opens the database as the server does, so that it
// works whether or not a server runs; both see each other's changes. stdout carries the protocol, stderr the rest.

const KEY_MUST = 'must be set to an API key of the user for whom the agent acts'
const QUIET_TURNS = 10

await start()

async function start(): Promise<void> {
  const open = closing((error) => process.stderr.write(`while stopping: ${String(error)}\n`))
  try {
    const key = agentKey()
    if (key === undefined) throw new BadConfiguration([`TASKWIRE_API_KEY ${KEY_MUST}`])
    stopOnSignals(() => open.close())
    await serve(key, await servicesOf(readEnv(), open), open)
  } catch (error) {
    await open.close()
    for (const line of problems(error)) process.stderr.write(`${line}\n`)
    process.exit(1)
  }
}

function problems(error: unknown): readonly string[] {
  if (error instanceof BadConfiguration) return error.problems
  if (error instanceof DatabaseNotReady) return [error.message]
  if (error instanceof Refusal) return [`TASKWIRE_API_KEY is not accepted (${error.reason}): it ${KEY_MUST}`]
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
}

async function servicesOf(env: Env, open: Closing): Promise<Services> {
  const log = openLog(env, process.stderr)
  const secret = await sharedSecret(env)
  const database = await migratedDatabase(env, (message) => log.debug(message))
  open.add(() => database.close())
  const { db, sql } = database
  const feed = changeFeed({ db, log })
  open.add(() => feed.close())
  const { issuers, apiKey } = createSignIn({ db, env, secret, log })
  const tokens = tokenVerifier({ secret, allowNonExpiring: env.AUTH_ALLOW_NON_EXPIRING, issuers, apiKey })
  return { db, sql, log, tokens, cursors: cursorSeal(secret), feed }
}

async function serve(token: string, services: Services, open: Closing): Promise<void> {
  // Every call verifies the key anew: one that is revoked ends at once, not with the process.
  const shown = toolsFor(await services.tokens.verify(token), tools(operations(appRouter)))
  const calls = new Set<Promise<unknown>>()
  const all = tools(operations(appRouter)).map((tool) => counted(tool, calls))
  const context = () => ({ services, via: 'mcp', request_id: randomUUID(), token }) as const
  const stdin = endingAfter(calls)
  const connection = serveStdio(() => mcpServer({ shown, all, context }), {
    transport: new StdioServerTransport(stdin, process.stdout),
    onerror: (err) => services.log.warn({ err }, 'an MCP message was refused'),
  })
  open.add(() => connection.close())
  stdin.once('close', () => void open.close().finally(() => process.exit(0)))
}

function counted(tool: Tool, calls: Set<Promise<unknown>>): Tool {
  return {
    ...tool,
    run(ctx, args, signal) {
      const call = tool.run(ctx, args, signal)
      const settled = call.catch(() => {}).finally(() => calls.delete(settled))
      calls.add(settled)
      return call
    },
  }
}

/** Standard input, whose end is held back until the calls before it are answered: the SDK aborts what is under way. */
function endingAfter(calls: ReadonlySet<Promise<unknown>>): PassThrough {
  const stdin = new PassThrough()
  process.stdin.pipe(stdin, { end: false })
  const end = () => void drained(calls).then(() => stdin.end())
  process.stdin.once('end', end).once('error', end)
  return stdin
}

async function drained(calls: ReadonlySet<Promise<unknown>>): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    if (calls.size > 0) quiet = 0
    await Promise.all(calls)
    await nextTurn()
  }
}
