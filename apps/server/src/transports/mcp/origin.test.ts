import { expect, test } from 'vitest'
import { allowedOrigins } from './origin.ts'

const isAllowed = allowedOrigins({ BETTER_AUTH_URL: 'https://tasks.example/', CORS_ORIGINS: ['https://app.example'] })

test.each([
  'https://tasks.example',
  'https://app.example',
  'http://localhost',
  'https://localhost:1234',
  'http://127.0.0.1:8000',
  'http://[::1]:3000',
])('pages of %s may call', (origin) => {
  expect(isAllowed(origin)).toBe(true)
})

test.each([
  'http://tasks.example',
  'https://tasks.example:8443',
  'https://app.example.evil.example',
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'ftp://localhost',
  'file://localhost',
  'null',
  '',
])('pages of %j may not', (origin) => {
  expect(isAllowed(origin)).toBe(false)
})
