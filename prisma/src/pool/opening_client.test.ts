import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../../testing/database.ts'
import { OpeningClient } from './opening_client.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

class NamedClient extends OpeningClient {
  protected override async open(connect: () => Promise<unknown>): Promise<Client> {
    await connect()
    await this.query(`SET application_name = 'opened'`)
    return this
  }
}

async function nameOf(client: Client): Promise<unknown> {
  const { rows } = await client.query<{ name: string }>(`SELECT current_setting('application_name') AS name`)
  await client.end()
  return rows[0]?.name
}

test('whoever opens it gets it when it is ready, by a promise or by a callback', async () => {
  const config = { connectionString: database.url }
  expect(await nameOf(await new NamedClient(config).connect())).toBe('opened')
  const client = await new Promise<Client>((resolve, reject) => {
    new NamedClient(config).connect((error: Error | null, opened?: Client) =>
      opened === undefined ? reject(error ?? new Error('nothing')) : resolve(opened),
    )
  })
  expect(await nameOf(client)).toBe('opened')
})

test('what fails is told by a rejection or to the callback, and no error ends the process', async () => {
  const config = { connectionString: 'postgresql://u:p@127.0.0.1:1/none' }
  await expect(new NamedClient(config).connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  const error = await new Promise((resolve) => new NamedClient(config).connect(resolve))
  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  expect(new NamedClient(config).emit('error', new Error('lost'))).toBe(true)
})
