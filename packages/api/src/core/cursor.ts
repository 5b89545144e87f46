import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { CursorCodec } from './services.ts'

const positions = z.array(z.union([z.string(), z.number()]))
const TAG_LENGTH = 22

/**
 * Signs cursors with a key that is derived from the secret, so replicas with the same secret accept each other's. Those
 * that a former secret signed are accepted too.
 */
export function cursorCodec(secret: Uint8Array, formerSecrets: readonly Uint8Array[] = []): CursorCodec {
  const tag = tagWith(secret)
  const tags = [tag, ...formerSecrets.map(tagWith)]

  return {
    sign(query, position) {
      const body = Buffer.from(JSON.stringify(position)).toString('base64url')
      return body + tag(query, body)
    },
    verify(query, cursor) {
      const body = cursor.slice(0, -TAG_LENGTH)
      const given = Buffer.from(cursor.slice(-TAG_LENGTH))
      if (!tags.some((tagOf) => isEqual(given, Buffer.from(tagOf(query, body))))) return null
      return positions.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
    },
  }
}

function tagWith(secret: Uint8Array): (query: string, body: string) => string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'taskwire cursor', 32))
  return (query, body) =>
    createHmac('sha256', key).update(`${query.length}:${query}${body}`).digest('base64url').slice(0, TAG_LENGTH)
}

function isEqual(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected)
}
