import { expect, test } from 'vitest'
import { answerTokenRequest } from './token_request.ts'

const refusal = (status: number, error: string, error_description: string) => () =>
  Response.json({ error, error_description }, { status })
const spent = refusal(400, 'invalid_grant', 'invalid refresh token')
const tokens = () => Response.json({ access_token: 'x' })

/** The answer, and how often the plugin was asked for it; after the last of these it gives the last again. */
async function answered(...responses: (() => Response)[]) {
  let asked = 0
  const ask = async () => (responses[asked++] ?? responses.at(-1) ?? tokens)()
  const response = await answerTokenRequest(ask, [1, 1, 1])
  return { asked, status: response.status, body: await response.json() }
}

test('tokens are asked for once', async () => {
  expect(await answered(tokens)).toEqual({ asked: 1, status: 200, body: { access_token: 'x' } })
})

test('a refresh token that another request is using gets the tokens a moment later', async () => {
  expect(await answered(spent, spent, tokens)).toEqual({ asked: 3, status: 200, body: { access_token: 'x' } })
})

test('a refresh token that stays invalid is asked for four times, and the refusal can be read', async () => {
  expect(await answered(spent)).toMatchObject({ asked: 4, status: 400, body: { error: 'invalid_grant' } })
})

test('any other refusal is the answer at once', async () => {
  const other = refusal(400, 'invalid_grant', 'invalid code')
  expect(await answered(other, tokens)).toMatchObject({ asked: 1, status: 400 })
  const notJson = () => new Response('invalid refresh token', { status: 400 })
  await expect(answerTokenRequest(async () => notJson(), [1])).resolves.toMatchObject({ status: 400 })
})

test('a wrong verifier is an invalid grant, and a client that is refused is not', async () => {
  const verifier = refusal(401, 'invalid_request', 'code verification failed')
  expect(await answered(verifier)).toEqual({
    asked: 1,
    status: 400,
    body: { error: 'invalid_grant', error_description: 'code verification failed' },
  })
  const client = refusal(401, 'invalid_client', 'unknown client')
  expect(await answered(client)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
})
