import type { Client, ClientConfig } from 'pg'
import type { DatabaseServer } from '../database_url.ts'
import { ConnectionError } from '../error_code.ts'
import { OpeningClient } from '../opening_client.ts'

/**
 * A client that connects to one server, and only while that is the instance whose position is known: after a restart a
 * standby may be at an earlier one, and an address may lead to several standbys in turn.
 */
export function standbyClient(server: DatabaseServer, instance: string): typeof Client {
  return class StandbyClient extends OpeningClient {
    constructor(config?: string | ClientConfig) {
      super(config)
      Object.assign(this, server)
    }

    protected override async open(connect: () => Promise<unknown>): Promise<Client> {
      try {
        await connect()
        const { rows } = await this.query<{ instance: string }>('SELECT pg_postmaster_start_time()::text AS instance')
        if (rows[0]?.instance === instance) return this
        throw new ConnectionError('NO_SERVER', 'it is not the standby whose position is known')
      } catch (error) {
        this.connection.stream.destroy()
        throw error
      }
    }
  }
}
