import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { CursorCodec } from './services.ts'

const positions = z.array(z.union([z.string(), z.number()]))
const TAG_LENGTH = 22

/** Signs cursors with a key that is derived from the secret, so replicas with the same secret accept each other's. */
export function cursorCodec(secret: Uint8Array): CursorCodec {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'taskwire cursor', 32))
  const tag = (query: string, body: string) =>
    createHmac('sha256', key).update(`${query.length}:${query}${body}`).digest('base64url').slice(0, TAG_LENGTH)

  return {
    sign(query, position) {
      const body = Buffer.from(JSON.stringify(position)).toString('base64url')
      return body + tag(query, body)
    },
    verify(query, cursor) {
      const body = cursor.slice(0, -TAG_LENGTH)
      const given = Buffer.from(cursor.slice(-TAG_LENGTH))
      const expected = Buffer.from(tag(query, body))
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      return positions.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
    },
  }
}
