import { expect, test } from 'vitest'
import { installLinks } from './install_links.ts'

const URL_OF_MCP = 'https://tasks.example.com/mcp'

test('each link names the server as its editor reads it', () => {
  const [cursor, vscode] = installLinks(URL_OF_MCP).map(({ href }) => href)
  const query = new URLSearchParams(cursor?.split('?')[1])
  expect(query.get('name')).toBe('taskwire')
  expect(JSON.parse(atob(query.get('config') ?? ''))).toEqual({ url: URL_OF_MCP })
  expect(JSON.parse(decodeURIComponent(vscode?.split('?')[1] ?? ''))).toEqual({
    name: 'taskwire',
    type: 'http',
    url: URL_OF_MCP,
  })
})
