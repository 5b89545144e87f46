import { expect, test } from 'vitest'
import { settingsFrom } from './settings.ts'

const key = 'tw_key'

test.each([
  ['https://tasks.example.com', 'https://tasks.example.com/mcp'],
  ['https://tasks.example.com/', 'https://tasks.example.com/mcp'],
  ['https://tasks.example.com/mcp', 'https://tasks.example.com/mcp'],
  ['https://tasks.example.com/mcp//', 'https://tasks.example.com/mcp'],
  [' http://127.0.0.1:8000/tw/?x=1#y ', 'http://127.0.0.1:8000/tw/mcp'],
  ['https://tasks.example.com/mcpx', 'https://tasks.example.com/mcpx/mcp'],
])('the server of TASKWIRE_URL %j is called at %s', (TASKWIRE_URL, url) => {
  expect(settingsFrom({ TASKWIRE_URL, TASKWIRE_API_KEY: ` ${key}\n` })).toEqual({ url, key })
})

test.each(['', 'tasks.example.com', 'ftp://tasks.example.com', 'https://ann@tasks.example.com', 'file:///mcp'])(
  'TASKWIRE_URL %j is a problem that is said in one line',
  (TASKWIRE_URL) => {
    expect(settingsFrom({ TASKWIRE_URL, TASKWIRE_API_KEY: key })).toEqual({
      problems: [expect.stringMatching(/^TASKWIRE_URL must be set to the URL of a Taskwire/)],
    })
  },
)

test.each(['', ' ', 'two words', 'a\nb', 'ключ'])(
  'TASKWIRE_API_KEY %j, which no header can hold, is a problem',
  (text) => {
    expect(settingsFrom({ TASKWIRE_URL: 'https://x.example', TASKWIRE_API_KEY: text })).toEqual({
      problems: [expect.stringMatching(/^TASKWIRE_API_KEY must be set to an API key/)],
    })
  },
)

test('both problems are said at once', () => {
  expect(settingsFrom({})).toMatchObject({ problems: { length: 2 } })
})
