import { expect, test } from 'vitest'
import { cursorCodec } from './cursor.ts'

const secret = Buffer.alloc(32, 1)
const former = Buffer.alloc(32, 2)
const codec = cursorCodec(secret)

test.each([[[]], [['a', 7, 'é', -1.5]], [['']]])('the position %j comes back as it was', (position) => {
  expect(codec.verify('query', codec.sign('query', position))).toEqual(position)
})

test('a cursor is valid for its query only', () => {
  const cursor = codec.sign('query', [7])
  for (const query of ['', 'quer', 'query ', 'Query']) expect(codec.verify(query, cursor)).toBeNull()
})

test('what stands between a query and a position is signed with them', () => {
  const cursor = codec.sign('q', [7])
  const [body, tag] = [cursor.slice(0, -22), cursor.slice(-22)]
  // The same text, parted elsewhere.
  expect(codec.verify(`q${body.slice(0, 1)}`, body.slice(1) + tag)).toBeNull()
})

test('no character of a cursor can be changed, added or left out', () => {
  const cursor = codec.sign('query', [1234567, 'abc'])
  const texts = ['', 'x', cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, `A${cursor}`, `${cursor}ä`]
  for (let at = 0; at < cursor.length; at++) {
    texts.push(`${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`)
  }
  expect(texts.filter((text) => codec.verify('query', text) !== null)).toEqual([])
})

test('a cursor of another secret is not valid, unless that is a former one', () => {
  const cursor = cursorCodec(former).sign('query', [7])
  expect(codec.verify('query', cursor)).toBeNull()
  const rotated = cursorCodec(secret, [Buffer.alloc(32, 3), former])
  expect(rotated.verify('query', cursor)).toEqual([7])
  expect(rotated.verify('other', cursor)).toBeNull()
  // What is signed now is valid for those who know the new secret alone.
  expect(codec.verify('query', rotated.sign('query', [8]))).toEqual([8])
})
