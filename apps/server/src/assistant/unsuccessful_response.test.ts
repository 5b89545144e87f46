import { expect, test } from 'vitest'
import { assertUsableResponse, ResponseFailure, WithheldAnswer } from './unsuccessful_response.ts'

const OUTPUT = [{ type: 'message' }]
const incomplete = (reason?: string, output?: object[]) => {
  return { status: 'incomplete', incomplete_details: reason === undefined ? null : { reason }, output }
}

test.each([
  ['one that is complete', { status: 'completed', output: [] }],
  ['one that is cut off behind its beginning', incomplete('max_output_tokens', OUTPUT)],
  ['one without a status', {}],
  ['what is no response', 'text'],
  ['nothing', undefined],
])('of responses, %s can be used', (_what, sent) => {
  expect(() => assertUsableResponse(sent)).not.toThrow()
})

test.each([
  ['failed', { status: 'failed', error: { code: 'server_error' }, output: OUTPUT }, 'server_error'],
  ['failed without a code', { status: 'failed', error: null }, 'failed'],
  ['was cut off before its beginning', incomplete('max_output_tokens', []), 'max_output_tokens'],
  ['is incomplete without a reason', incomplete(), 'incomplete'],
])('one that %s has the code of its cause', (_what, sent, code) => {
  expect(() => assertUsableResponse(sent)).toThrow(ResponseFailure)
  expect(() => assertUsableResponse(sent)).toThrow(expect.objectContaining({ code }))
})

test('one that is withheld is no failure, whatever came before', () => {
  expect(() => assertUsableResponse(incomplete('content_filter', OUTPUT))).toThrow(WithheldAnswer)
})
