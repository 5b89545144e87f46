import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { CursorCodec } from './services.ts'

const places = z.array(z.union([z.string(), z.number()]))
const TAG_LENGTH = 22

/** All replicas that share the secret understand each other's cursors. */
export function cursorCodec(secret: Uint8Array): CursorCodec {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'taskwire cursor', 32))
  const tag = (query: string, body: string) =>
    createHmac('sha256', key).update(`${query.length}:${query}${body}`).digest('base64url').slice(0, TAG_LENGTH)

  return {
    sign(query, place) {
      const body = Buffer.from(JSON.stringify(place)).toString('base64url')
      return body + tag(query, body)
    },
    verify(query, cursor) {
      const body = cursor.slice(0, -TAG_LENGTH)
      const given = Buffer.from(cursor.slice(-TAG_LENGTH))
      const expected = Buffer.from(tag(query, body))
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      return places.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
    },
  }
}
