import { Client, type ClientConfig } from 'pg'
import type { DatabaseServer } from '../database_url.ts'
import { ConnectionError } from '../error_code.ts'

type Connected = ((error: Error) => void) | ((error: null, client: Client) => void)

/**
 * A client that connects to one server, and only while that is the instance whose position is known: after a restart a
 * standby may be at an earlier one, and an address may lead to several standbys in turn.
 */
export function standbyClient(server: DatabaseServer, instance: string): typeof Client {
  return class StandbyClient extends Client {
    constructor(config?: string | ClientConfig) {
      super(config)
      Object.assign(this, server)
      // One that is lost before whoever opened it is told would end the process. The first statement fails instead.
      this.on('error', () => {})
    }

    override connect(): Promise<Client>
    override connect(connected: Connected): void
    override connect(connected?: Connected): Promise<Client> | void {
      const opened = this.#connect()
      if (connected === undefined) return opened
      // Called as pg calls it, where what is thrown is not a rejection.
      opened.then(
        () => process.nextTick(connected, null, this),
        (error: Error) => process.nextTick(connected, error),
      )
    }

    async #connect(): Promise<Client> {
      try {
        await super.connect()
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
