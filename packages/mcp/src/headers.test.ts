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

test.each([
  ['prompts/get', { name: 'plan_my_day' }, 'plan_my_day'],
  ['resources/read', { uri: 'taskwire://tasks/1' }, 'taskwire://tasks/1'],
  ['tools/list', { name: 'x' }, undefined],
  ['tools/call', { name: 5 }, undefined],
])('the headers of %s with %j name %s', (method, params, name) => {
  const headers = messageHeaders({ id: 1, method, params: { ...params, _meta } }, '2025-11-25')
  expect(headers['mcp-name']).toBe(name)
  expect(headers).toMatchObject({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': method })
})

test('a message that names no version has the one that was agreed on, and before that none', () => {
  const message = { id: 1, method: 'tools/call', params: { name: 'add_task' } }
  expect(messageHeaders(message, '2025-06-18')).toEqual({ 'mcp-protocol-version': '2025-06-18' })
  expect(messageHeaders(message, undefined)).toEqual({})
  expect(messageHeaders({ id: 1, result: {}, params: { _meta } }, undefined)).toEqual({})
})
