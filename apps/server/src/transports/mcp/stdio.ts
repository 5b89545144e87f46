import { randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { McpRequestContext } from '@modelcontextprotocol/server'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { appRouter, operations, ApiError, tools, type Principal, type Services, type Tool } from '@taskwire/api'
import { agentKey, ConfigurationError, readEnv } from '../../config/env.ts'
import { openLog } from '../../process/log.ts'
import { startupErrorMessages } from '../../process/startup_errors.ts'
import { openServices } from '../../process/services.ts'
import { createCleanup, ShutdownRequested, stopOnSignals } from '../../process/shutdown.ts'
import { mcpServerFactory } from './server.ts'
import { resourceUpdates } from './stdio_updates.ts'

// MCP over stdio for one user, the owner of TASKWIRE_API_KEY. It opens the database as the server does, so that it works
// whether or not a server runs; both see each other's changes. stdout carries the protocol, stderr everything else.

const KEY_RULE = 'must be set to an API key of the user for whom the agent acts'
const IDLE_TURNS = 10
const USAGE = `npm run mcp   speaks MCP over stdio for one user: TASKWIRE_API_KEY ${KEY_RULE}
`

const cleanup = createCleanup(report)
const started = start().catch(async (error: unknown) => {
  if (error instanceof ShutdownRequested) return
  await report(error)
  await cleanup.run()
  process.exit(1)
})
stopOnSignals(stop)

let stopped: Promise<void> | undefined

function stop(): Promise<void> {
  cleanup.begin()
  return (stopped ??= started.then(() => cleanup.run()))
}

async function report(error: unknown): Promise<void> {
  for (const line of startupErrorMessages(error)) process.stderr.write(`${line}\n`)
}

async function start(): Promise<void> {
  if (process.argv.some((flag) => flag === '--help' || flag === '-h')) {
    process.stderr.write(USAGE)
    process.exit(0)
  }
  const key = agentKey()
  if (key === undefined) throw new ConfigurationError([`TASKWIRE_API_KEY ${KEY_RULE}`])
  // An MCP client shows stderr only when something is wrong.
  const log = openLog({ LOG_LEVEL: 'warn' }, process.stderr)
  const { services } = await openServices(readEnv(), { log, cleanup })
  cleanup.add(() => services.feed.close())
  await serve(key, services)
}

async function serve(token: string, services: Services): Promise<void> {
  const principal = await principalOf(token, services)
  const calls = new Set<Promise<unknown>>()
  const server = mcpServerFactory(tools(operations(appRouter)).map((tool) => tracked(tool, calls)))
  // Every call verifies the key again, so that a revoked key stops working at once.
  const context = () => ({ services, via: 'mcp', request_id: randomUUID(), token }) as const
  const stdin = stdinUntilIdle(calls)
  const updates = resourceUpdates(services, async () => services.tokens.verify(token))
  cleanup.add(() => updates.stop())
  const factory = ({ era }: McpRequestContext) =>
    updates.to(server({ principal, context, updates: updates.subscribed }), era)
  const connection = serveStdio(factory, {
    transport: new StdioServerTransport(stdin, process.stdout),
    onerror: (err) => services.log.warn({ err }, 'an MCP message was rejected'),
  })
  cleanup.add(() => connection.close())
  stdin.once('close', () => void stop().finally(() => process.exit(0)))
}

async function principalOf(token: string, { tokens }: Services): Promise<Principal> {
  try {
    return await tokens.verify(token)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw new ConfigurationError([`TASKWIRE_API_KEY is not accepted (${error.reason}): it ${KEY_RULE}`])
  }
}

/** A tool whose unfinished calls are in `calls`. */
function tracked(tool: Tool, calls: Set<Promise<unknown>>): Tool {
  function track<T>(call: Promise<T>): Promise<T> {
    const settled = call.catch(() => {}).finally(() => calls.delete(settled))
    calls.add(settled)
    return call
  }
  return {
    ...tool,
    run: (ctx, args, signal) => track(tool.run(ctx, args, signal)),
    runAsJson: (ctx, args, signal) => track(tool.runAsJson(ctx, args, signal)),
  }
}

/** Standard input whose end is delayed until all calls have finished, because the SDK aborts unfinished calls at the end. */
function stdinUntilIdle(calls: ReadonlySet<Promise<unknown>>): PassThrough {
  const stdin = new PassThrough()
  process.stdin.pipe(stdin, { end: false })
  const end = () => void idle(calls).then(() => stdin.end())
  process.stdin.once('end', end).once('error', end)
  return stdin
}

/** Resolves when no call has been running for some turns of the event loop. */
async function idle(calls: ReadonlySet<Promise<unknown>>): Promise<void> {
  for (let idleTurns = 0; idleTurns < IDLE_TURNS; idleTurns++) {
    if (calls.size > 0) idleTurns = 0
    await Promise.all(calls)
    await nextTurn()
  }
}
