import { expect, test } from 'vitest'
import { resourceIdentifiers, serverUrls } from './resources.ts'
import { scopeOf } from './scopes.ts'

test.each([
  ['https://tasks.example.com', ['https://tasks.example.com']],
  ['https://localhost.example.com', ['https://localhost.example.com']],
  ['http://localhost:8000', ['http://localhost:8000', 'http://127.0.0.1:8000']],
  ['http://127.0.0.1/tasks', ['http://127.0.0.1/tasks', 'http://localhost/tasks']],
  ['http://[::1]:8000', ['http://[::1]:8000', 'http://localhost:8000', 'http://127.0.0.1:8000']],
])('%s has the names %j', (url, names) => {
  expect(serverUrls(url)).toEqual(names)
})

test('a resource is the server, with or without a slash, or its MCP', () => {
  const url = 'https://tasks.example.com/t'
  expect(resourceIdentifiers(url)).toEqual([`${url}/mcp`, url, `${url}/`])
})

test.each([
  [[], 'none'],
  [['offline_access'], 'none'],
  [['tasks:read', 'offline_access'], 'read'],
  [['tasks:write'], 'write'],
  [['tasks:read', 'tasks:write'], 'write'],
] as const)('the scopes %j permit %s', (scopes, permitted) => {
  expect(scopeOf(scopes)).toBe(permitted)
})
