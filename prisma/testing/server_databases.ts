import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { connection } from '../src/pool/connection.ts'

/** A name that contains its creation time, so that databases left by killed runs can be recognised and dropped. */
export function testDatabaseName(): string {
  return `taskwire_test_${Date.now()}_${randomBytes(4).toString('hex')}`
}

export function withDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** On a busy machine a connection may take longer to open than a server should wait: only tests of that wait less. */
export const TEST_WAIT_MS = 60_000

export async function onServer<T>(server: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...connection(server), connectionTimeoutMillis: TEST_WAIT_MS })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
