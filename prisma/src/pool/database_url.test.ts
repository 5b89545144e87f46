import { expect, test } from 'vitest'
import { databaseAddress, DatabaseUrlError } from './database_url.ts'

test.each([
  ['postgresql://u:p@a:5432,b:5433/db', 'a:5432 b:5433'],
  ['postgres://a,b,c/db', 'a:5432 b:5432 c:5432'],
  ['postgres://u@[::1]:5433,[fe80::2]/db', '::1:5433 fe80::2:5432'],
  ['postgres:///db?host=a,b&port=1,2', 'a:1 b:2'],
  ['postgres:///db?host=a,b&port=6432', 'a:6432 b:6432'],
  ['postgres:///db?host=/run/postgresql', '/run/postgresql:5432'],
  ['postgres://%2Frun%2Fpg,b:5433/db', '/run/pg:5432 b:5433'],
  ['postgresql://', 'localhost:5432'],
])('%s names %s', (url, expected) => {
  const { servers } = databaseAddress(url)
  expect(servers.map(({ host, port }) => `${host}:${port}`).join(' ')).toBe(expected)
})

test('what is not about the place of a server stays in the URL', () => {
  const url = 'postgresql://u:p%40x@a:1,b:2/db?sslmode=verify-full&target_session_attrs=read-write&port=3,4'
  expect(databaseAddress(url)).toEqual({
    servers: [
      { host: 'a', port: 3 },
      { host: 'b', port: 4 },
    ],
    target: 'read-write',
    url: 'postgresql://u:p%40x@localhost/db?sslmode=verify-full',
  })
})

test.each([
  ['mysql://hunter2@a/db', 'must be a URL that starts with postgres:// or postgresql://'],
  ['postgres://u:hunter2@a:x/db', 'must have ports from 1 to 65535'],
  ['postgres://u:hunter2@a:1,b:0/db', 'must have ports from 1 to 65535'],
  ['postgres://u:hunter2@a:1,,b/db', 'must name a host between its commas'],
  ['postgres://u:hunter2@a,b,c/db?port=1,2', 'must have one port, or as many as hosts'],
  ['postgres://u:hunter2@%zz/db', 'must be a URL that starts with postgres:// or postgresql://'],
  ['postgres://a/db?target_session_attrs=standby', 'must have no target_session_attrs but any, read-write and primary'],
])('%s is refused without its parts', (url, message) => {
  expect(() => databaseAddress(url)).toThrow(new DatabaseUrlError(message))
})
