import { expect, test } from 'vitest'
import { cacheControlOf } from './web.ts'

test.each(['index.html', 'sw.js', 'manifest.webmanifest'])('a browser asks for a newer %s each time', (name) => {
  expect(cacheControlOf(`/srv/web/dist/${name}`)).toBe('no-cache')
})

test('a file whose name contains the hash of its content is kept for a year', () => {
  const kept = 'public, max-age=31536000, immutable'
  expect(cacheControlOf('/srv/web/dist/assets/main-Bn1x.js')).toBe(kept)
})
