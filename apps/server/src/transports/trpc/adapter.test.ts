import { appRouter, operations, type Operation } from '@taskwire/api'
import { chance, newUser, signedToken, testServices } from '@taskwire/api/testing'
import { fastify, type InjectOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { samples } from '../../../testing/matrix/samples.ts'
import { trpcRoutes } from './routes.ts'

// Ordinary calls are answered without tRPC's adapter (decision 006). Here each request goes to our answers and to the
// adapter, on the same data, and status, headers and bytes have to be equal. Not compared, because ours is meant to differ: HEAD, where
// the adapter fails, and a batch whose input is no object, which it answers without saying what is wrong.

const api = await testServices()
const services = { ...api.services, now: () => new Date('2026-11-22T12:00:00Z') }
const ours = fastify({ routerOptions: { maxParamLength: 4096 } }).register(trpcRoutes({ services }))
const adapter = fastify({ routerOptions: { maxParamLength: 4096 } }).register(
  trpcRoutes({ services, adapterOnly: true }),
)
afterAll(() => Promise.all([ours.close(), adapter.close(), api.close()]))

const ordinary = operations(appRouter).filter(({ output }) => output !== undefined)
const user = newUser()
const random = chance(Number(process.env['SEED'] ?? 20_261_122))
const BATCHES = Number(process.env['BATCHES'] ?? 40)
let authorization: string
let task_id: number

beforeAll(async () => {
  const { task } = api.caller(user)
  for (let made = 0; made < 8; made++) {
    const checklist = [{ id: 'rye', text: 'Rye “bread”' }]
    ;({ id: task_id } = await task.create({ title: `milk ${made} 🧺\u2028`, checklist, tags: ['home'] }))
  }
  authorization = `Bearer ${await signedToken({ sub: user })}`
})

test.each(ordinary.map(({ name }) => name))(
  '%s has the answers of the adapter, to right and wrong inputs',
  async (name) => {
    const operation = named(name)
    for (const input of inputsOf(operation)) await expectEqual(request([operation], input))
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: 'Basic eDp4' }]) {
      await expectEqual({ ...request([operation], '{}'), headers })
    }
    await expectEqual({ ...request([operation], '{}'), headers: { authorization, 'content-type': 'text/plain' } })
    for (const method of ['GET', 'POST'] as const) await expectEqual({ ...request([operation], '[]'), method })
  },
)

test('batches have the answers of the adapter: all right, all wrong, mixed, and malformed', async () => {
  for (let made = 0; made < BATCHES; made++) {
    const type = random.oneOf(['query', 'mutation'])
    const calls = Array.from({ length: 1 + random.below(11) }, () =>
      random.oneOf(ordinary.filter((operation) => operation.type === type)),
    )
    const inputs = calls.map((operation, index) => `"${index}":${random.oneOf(inputsOf(operation).filter(isJson))}`)
    const sent = inputs.filter((_, index) => random.below(9) > 0 || !calls.slice(index, index + 1).every(isRepeatable))
    const whole = `{${sent.join(',')}}`
    await expectEqual(
      request(
        calls,
        random.below(12) === 0 ? random.oneOf([...(calls.every(isRepeatable) ? ['', '{}'] : []), '{']) : whole,
        true,
      ),
    )
  }
})

function named(name: string): Operation {
  const operation = ordinary.find((each) => each.name === name)
  if (operation === undefined) throw new Error(`no operation ${name}`)
  return operation
}

/** What writes has a key, so that both get the answer of one write, or is refused. At the end are texts that are not JSON. */
function inputsOf({ name, type, input }: Operation): string[] {
  const rows = { task_id, conversation_id: 1, seq: 1, webhook_id: 1, feed_id: 1, delivery_id: 1 }
  const sample: object = input.safeParse(samples[name]?.(rows)).data ?? samples[name]?.(rows) ?? {}
  const hasKey = 'idempotency_key' in input.shape
  const accepted = type === 'query' ? [sample, {}] : hasKey ? [{ ...sample, idempotency_key: `key-${name}` }] : []
  const wrong = [{ ...sample, nothing: 1 }, { ...sample, nothing: '\u2028"' }, [], null, 'text', 7]
  const texts = [...accepted, ...wrong].map((value) => JSON.stringify(value))
  const none = isRepeatable(named(name)) ? [''] : []
  return [...texts, ...none, '{"title":']
}

/** Whether a call without input may be made twice: it reads, or is refused. */
function isRepeatable({ type, input }: Operation): boolean {
  return type === 'query' || !input.safeParse({}).success
}

function isJson(text: string): boolean {
  return text !== '' && text !== '{"title":'
}

function request(calls: readonly Operation[], input: string, batch = false): InjectOptions {
  const path = `/trpc/${calls.map(({ name }) => name).join(',')}`
  const query = new URLSearchParams(batch ? { batch: '1' } : {})
  const isQuery = calls[0]?.type === 'query'
  if (isQuery && input !== '') query.set('input', input)
  const headers = { authorization, 'content-type': 'application/json' }
  return {
    method: isQuery ? 'GET' : 'POST',
    url: `${path}?${query.toString()}`,
    headers,
    ...(isQuery ? {} : { payload: input }),
  }
}

async function expectEqual(sent: InjectOptions): Promise<void> {
  expect({ sent, ...(await answerOf(ours, sent)) }).toEqual({ sent, ...(await answerOf(adapter, sent)) })
}

async function answerOf(app: typeof ours, sent: InjectOptions) {
  const { statusCode, headers, body } = await app.inject(sent)
  // Fastify adds a charset to the type of a text, which means nothing for JSON (RFC 8259, 11).
  const type = String(headers['content-type']).replace('; charset=utf-8', '')
  // The adapter sends a stream, whose length it does not know.
  const { 'content-length': _, 'transfer-encoding': _chunked, date: _date, ...others } = headers
  return { statusCode, headers: { ...others, 'content-type': type }, body }
}
