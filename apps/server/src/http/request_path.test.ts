import { expect, test } from 'vitest'
import { isNormalizedPath, requestTarget } from './request_path.ts'

test.each([
  ['/api/ann/tasks?limit=1', '/api/ann/tasks?limit=1'],
  ['http://127.0.0.1:8000/api/ann/tasks?limit=1', '/api/ann/tasks?limit=1'],
  ['HTTPS://other.example/health', '/health'],
  ['http://other.example', '/'],
  ['http://other.example?x=1', '/?x=1'],
  ['http://other.example\\health', '/\\health'],
  ['//other.example/health', '//other.example/health'],
  ['*', '*'],
])('the target %j is routed as %j', (url, target) => {
  expect(requestTarget({ url })).toBe(target)
})

const changed = [
  '/.',
  '/..',
  '/./',
  '/../health',
  '/health/.',
  '/a/./b',
  '/a/../b',
  '/a/..',
  '/%2e/a',
  '/a/%2E%2e/b',
  '/a/.%2e',
  '/a/%2e./b',
  '/%2E',
  '/a\\b',
  '\\a',
  '/a\\..\\b',
  '/a/.\\b',
]

test.each(changed)('%j, which changes when it is normalized, is not found', (path) => {
  expect(isNormalizedPath(path)).toBe(false)
  expect(isNormalizedPath(`${path}?x=1`)).toBe(false)
  expect(new URL(path, 'http://localhost').pathname).not.toBe(path)
})

const unchanged = [
  '/',
  '/a.b',
  '/...',
  '/.well-known/x',
  '/a/b..',
  '/ann%40example.com',
  '/%5c',
  '/a%2fb',
  '/a%2eb',
  '//a',
]

test.each(unchanged)('%j stays as it is', (path) => {
  expect(isNormalizedPath(path)).toBe(true)
  expect(isNormalizedPath(`${path}?to=/../x\\y#/../z`)).toBe(true)
})
