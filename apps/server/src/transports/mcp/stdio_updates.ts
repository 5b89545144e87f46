import type { McpRequestContext, Server } from '@modelcontextprotocol/server'
import type { Principal, Services } from '@taskwire/api'
import { changedResources } from './resources.ts'

/** The updates of resources for the client of a connection, from the change log. */
export interface ResourceUpdates {
  /** What a client of 2025 has subscribed to. For a newer one the SDK keeps its subscriptions. */
  readonly subscribed: Set<string>
  /** Sends them through this server from now on, and returns it. */
  to(server: Server, era: McpRequestContext['era']): Server
}

export function resourceUpdates(services: Services, principal: Principal): ResourceUpdates {
  const subscribed = new Set<string>()
  let target: { readonly server: Server; readonly era: McpRequestContext['era'] } | undefined

  async function follow(): Promise<void> {
    try {
      for await (const change of await services.feed.subscribe(principal, undefined)) {
        for (const uri of changedResources(change)) await send(uri)
      }
    } catch (err) {
      services.log.warn({ err }, 'updates are no longer sent')
    }
  }

  async function send(uri: string): Promise<void> {
    if (target === undefined || (target.era === 'legacy' && !subscribed.has(uri))) return
    try {
      await target.server.sendResourceUpdated({ uri })
    } catch (err) {
      services.log.warn({ err }, 'an update could not be sent')
    }
  }

  return {
    subscribed,
    to(server, era) {
      if (target === undefined) void follow()
      target = { server, era }
      return server
    },
  }
}
