import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { requestId } from './request_id.ts'

function idOf(given?: string): string {
  const request = new IncomingMessage(new Socket())
  if (given !== undefined) request.headers['x-request-id'] = given
  return requestId(request)
}

test.each(['a', 'x'.repeat(100), 'caller-1.2:3_4'])('the id %s of a caller is kept', (given) => {
  expect(idOf(given)).toBe(given)
})

test.each([undefined, '', 'x'.repeat(101), 'a b', 'a\nb', '<b>', 'ä'])(
  'for %j there is a new id each time',
  (given) => {
    const [one, other] = [idOf(given), idOf(given)]
    expect(one).toMatch(/^[\w-]{12}-[0-9a-z]+$/)
    expect(one).not.toBe(other)
  },
)
