import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server'
import type { Principal, Services } from '@taskwire/api'
import { changedResources } from './resources.ts'

/** The events of one user's stream, from the change log. */
export interface UpdateBus extends ServerEventBus {
  /** Settles when the log ends the stream: the client has left, its token has expired, or the server stops. */
  readonly ended: Promise<void>
}

/** Resolves when the log is followed, so that no change after the answer to the client is missed. */
export async function updateBus(
  { feed, log }: Pick<Services, 'feed' | 'log'>,
  principal: Principal,
  signal: AbortSignal,
): Promise<UpdateBus> {
  const changes = await feed.subscribe(principal, undefined, signal)
  const listeners = new Set<(event: ServerEvent) => void>()
  const publish = (event: ServerEvent) => {
    for (const listener of listeners) listener(event)
  }

  async function follow(): Promise<void> {
    try {
      for await (const change of changes) {
        for (const uri of changedResources(change)) publish({ kind: 'resource_updated', uri })
      }
    } catch (err) {
      log.warn({ err }, 'a stream of MCP updates ended')
    }
  }

  return {
    publish,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    ended: follow(),
  }
}
