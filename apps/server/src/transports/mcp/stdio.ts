import { randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { appRouter, operations, ApiError, tools, type Principal, type Services, type Tool } from '@taskwire/api'
import { agentKey, ConfigurationError, readEnv } from '../../config/env.ts'
import { openLog } from '../../process/log.ts'
import { startupErrorMessages } from '../../process/startup_errors.ts'
import { openServices } from '../../process/services.ts'
import { createCleanup, ShutdownRequested, stopOnSignals } from '../../process/shutdown.ts'
import { toolServer } from './server.ts'

// MCP over stdio, for one user: the one of TASKWIRE_API_KEY. It opens the database as the server does, so that it
// works whether or not a server runs; both see each other's changes. stdout carries the protocol, stderr the rest.

const KEY_MUST = 'must be set to an API key of the user for whom the agent acts'
const QUIET_TURNS = 10

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
  const key = agentKey()
  if (key === undefined) throw new ConfigurationError([`TASKWIRE_API_KEY ${KEY_MUST}`])
  // Nobody reads along but in trouble.
  const log = openLog({ LOG_LEVEL: 'warn' }, process.stderr)
  const { services } = await openServices(readEnv(), log, cleanup)
  cleanup.add(() => services.feed.close())
  await serve(key, services)
}

async function serve(token: string, services: Services): Promise<void> {
  const principal = await principalOf(token, services)
  const calls = new Set<Promise<unknown>>()
  const server = toolServer(tools(operations(appRouter)).map((tool) => counted(tool, calls)))
  // Every call verifies the key anew: one that is revoked ends at once, not with the process.
  const context = () => ({ services, via: 'mcp', request_id: randomUUID(), token }) as const
  const stdin = endingAfter(calls)
  const connection = serveStdio(() => server({ principal, context }), {
    transport: new StdioServerTransport(stdin, process.stdout),
    onerror: (err) => services.log.warn({ err }, 'an MCP message was refused'),
  })
  cleanup.add(() => connection.close())
  stdin.once('close', () => void stop().finally(() => process.exit(0)))
}

async function principalOf(token: string, { tokens }: Services): Promise<Principal> {
  try {
    return await tokens.verify(token)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw new ConfigurationError([`TASKWIRE_API_KEY is not accepted (${error.reason}): it ${KEY_MUST}`])
  }
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
