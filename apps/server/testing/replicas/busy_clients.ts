import { Agent, request } from 'node:http'
import { signedToken } from '@taskwire/api/testing'
import { tasksOf } from '../server.ts'
import { each } from './chance.ts'

/** What became of one request: its status, that no connection was accepted for it, or that its connection was cut. */
export type Outcome = number | 'refused' | 'cut'

export interface BusyClients {
  readonly outcomes: readonly Outcome[]
  /** The titles of the tasks whose creation was acknowledged. */
  readonly created: readonly string[]
  /** What was said with each status other than 201. */
  readonly refusals: readonly string[]
  /** The local ports of the connections that were cut. */
  readonly cut: readonly (number | undefined)[]
  /** Lets each client finish its request, and ends it. */
  end(): Promise<void>
}

export interface BusyClientsOptions {
  readonly url: string
  readonly user: string
  readonly clients?: number
  /** Whether they reuse their connections, as most clients do. */
  readonly keepAlive?: boolean
}

/** Clients that create tasks as fast as they can. They repeat nothing, and end when their connection is refused. */
export async function busyClients({
  url,
  user,
  clients = 8,
  keepAlive = true,
}: BusyClientsOptions): Promise<BusyClients> {
  const authorization = `Bearer ${await signedToken({ sub: user })}`
  const target = new URL(tasksOf(user), url)
  const agent = new Agent({ keepAlive, maxFreeSockets: clients })
  const outcomes: Outcome[] = []
  const created: string[] = []
  const refusals: string[] = []
  const cut: (number | undefined)[] = []
  let isOver = false

  function post(title: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const headers = { authorization, 'content-type': 'application/json' }
      const sent = request(target, { agent, method: 'POST', headers })
      let port: number | undefined
      const onCut = () => {
        cut.push(port)
        resolve('cut')
      }
      sent.once('socket', ({ localPort }) => (port = localPort))
      sent.once('response', (response) => {
        const { statusCode = 0 } = response
        response.setEncoding('utf8').once('error', onCut)
        if (statusCode === 201) response.resume()
        else response.once('data', (text: string) => refusals.push(`${statusCode} ${text}`))
        response.once('end', () => resolve(statusCode))
      })
      sent.once('error', (error) => {
        if ('code' in error && error.code === 'ECONNREFUSED') resolve('refused')
        else onCut()
      })
      sent.end(JSON.stringify({ title }))
    })
  }

  const running = each(clients, clients, async (client) => {
    for (let n = 0; !isOver; n++) {
      const title = `task ${client}-${n}`
      const outcome = await post(title)
      outcomes.push(outcome)
      if (outcome === 201) created.push(title)
      if (outcome === 'refused') return
    }
  })
  return {
    outcomes,
    created,
    refusals,
    cut,
    async end() {
      isOver = true
      await running
      agent.destroy()
    },
  }
}

/** How many requests had each outcome. */
export function counted(outcomes: readonly Outcome[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(outcomes, String)].map(([outcome, all]) => [outcome, all.length]))
}
