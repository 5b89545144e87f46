import { expect, test } from 'vitest'
import { errorMessage, messageOf, requestKey } from './message.ts'

test.each(['', '{', '1', '"text"', 'null', '[{"id":1}]'])('the line %j holds no message', (line) => {
  expect(messageOf(line)).toBeUndefined()
})

test('a line holds the message as it was sent', () => {
  expect(messageOf('{"id":1,"method":"ping","x":[]}')).toEqual({ id: 1, method: 'ping', x: [] })
})

test('the ids 1 and "1" name two requests', () => {
  expect(requestKey({ id: 1, method: 'ping' })).not.toBe(requestKey({ id: '1', method: 'ping' }))
  expect(requestKey({ id: 0, method: 'ping' })).toBe('0')
})

test.each([{ method: 'notifications/initialized' }, { id: null, method: 'x' }, { id: 1, result: {} }])(
  '%j expects no answer',
  (message) => {
    expect(requestKey(message)).toBeUndefined()
  },
)

test('an error names the request, or null where its id is unknown', () => {
  expect(JSON.parse(errorMessage(0, -32_000, 'why'))).toEqual({
    jsonrpc: '2.0',
    id: 0,
    error: { code: -32_000, message: 'why' },
  })
  expect(JSON.parse(errorMessage(undefined, -1, 'x'))).toMatchObject({ id: null })
})
