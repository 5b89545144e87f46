import { expect, test } from 'vitest'
import { anywhere, privately } from '../../testing/forbidden_urls.ts'
import { isForbiddenAddress, isForbiddenUrl } from './address.ts'

test.each(anywhere)('%s is never allowed', (url) => {
  expect([isForbiddenUrl(new URL(url), false), isForbiddenUrl(new URL(url), true)]).toEqual([true, true])
})

test.each(privately)('%s is allowed only where private addresses are', (url) => {
  expect([isForbiddenUrl(new URL(url), false), isForbiddenUrl(new URL(url), true)]).toEqual([true, false])
})

test.each([
  'https://example.com/hook',
  'http://93.184.216.34/',
  'http://172.32.0.1/',
  'http://100.128.0.1/',
  'http://[2606:2800:220:1:248:1893:25c8:1946]/',
  'http://[::ffff:93.184.216.34]/',
  'http://[64:ff9b::93.184.216.34]/',
  'https://localhost.example.com/',
  'http://notlocalhost/',
])('%s is allowed', (url) => {
  expect(isForbiddenUrl(new URL(url), false)).toBe(false)
})

test.each(['', 'example.com', 'fe80::1%eth0', '127.0.0.1:80'])('%j is no address to connect to', (address) => {
  expect(isForbiddenAddress(address, true)).toBe(true)
})
