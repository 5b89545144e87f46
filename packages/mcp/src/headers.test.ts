import { expect, test } from 'vitest'
import { messageHeaders } from './headers.ts'

const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }

test.each([
  ['add_task', 'add_task'],
  ['two words', 'two words'],
  ['tâche', '=?base64?dMOiY2hl?='],
  ['買う', '=?base64?6LK344GG?='],
  [' padded', '=?base64?IHBhZGRlZA==?='],
  ['two\nlines', '=?base64?dHdvCmxpbmVz?='],
  ['=?base64?eA==?=', '=?base64?PT9iYXNlNjQ/ZUE9PT89?='],
  ['', '=?base64??='],
])('the name %j is sent as %s, which a header can hold', (name, header) => {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, _meta } }
  const headers = messageHeaders(message, undefined)
  expect(headers).toEqual({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': header })
  expect(new Headers(headers).get('mcp-name')).toBe(header)
})
