import { afterAll, beforeAll, expect, test } from 'vitest'
import { oauthClient } from '../../../testing/oauth_client.ts'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'
import { purgeGrants } from './purge_grants.ts'

let server: SignInServer
beforeAll(async () => {
  server = await signInServer()
})
afterAll(() => server.close())

test('expired tokens and unused clients are removed, connected clients stay', async () => {
  const { db } = server.database
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const unused = await client.newClient()
  const { client_id } = await client.connected(session)
  const counts = async () => [await db.oauthAccessToken.count(), await db.oauthRefreshToken.count()]

  await purgeGrants(db)
  expect(await counts()).toEqual([1, 1])
  expect(await db.oauthClient.count()).toBe(2)

  const inTwoDays = Date.now() + 2 * 86_400_000
  await purgeGrants(db, inTwoDays)
  expect(await counts()).toEqual([0, 1])

  const inTwoMonths = Date.now() + 60 * 86_400_000
  await purgeGrants(db, inTwoMonths)
  expect(await counts()).toEqual([0, 0])
  const left = await db.oauthClient.findMany({ select: { clientId: true } })
  expect(left).toEqual([{ clientId: client_id }])
  expect(unused).not.toBe(client_id)
})
