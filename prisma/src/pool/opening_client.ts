import { Client, type ClientConfig } from 'pg'

type Connected = ((error: Error) => void) | ((error: null, client: Client) => void)

/** A client for which there is more to opening a connection than pg does. */
export abstract class OpeningClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config)
    // One that is lost before whoever opened it is told would end the process. The first statement fails instead.
    this.on('error', () => {})
  }

  /** Opens the connection, for which it calls `connect` of pg. */
  protected abstract open(connect: () => Promise<unknown>): Promise<Client>

  override connect(): Promise<Client>
  override connect(connected: Connected): void
  override connect(connected?: Connected): Promise<Client> | void {
    const opened = this.open(() => super.connect())
    if (connected === undefined) return opened
    // Called as pg calls it, where what is thrown is not a rejection.
    opened.then(
      () => process.nextTick(connected, null, this),
      (error: Error) => process.nextTick(connected, error),
    )
  }
}
