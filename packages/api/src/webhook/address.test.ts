import { expect, test } from 'vitest'
import { isForbiddenAddress, isForbiddenUrl } from './address.ts'

const anywhere = [
  'http://0.0.0.0/',
  'http://0/',
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://[::]/',
  'http://[fe80::1]/',
  'http://[ff02::1]/',
  'http://[::ffff:169.254.169.254]/',
  'http://[64:ff9b::a9fe:a9fe]/',
  'http://[64:ff9b:1::1]/',
  'http://[fd00:ec2::254]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:53aa:64c::1]/',
  'http://[fec0::1]/',
  'http://[::127.0.0.1]/',
  'http://168.63.129.16/',
  'http://192.0.0.192/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://240.0.0.1/',
  'ftp://example.com/',
  'file:///etc/passwd',
]
const privately = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.0.0.1/',
  'http://017700000001/',
  'http://127.0.0.1./',
  'http://%31%32%37.0.0.1/',
  'http://１２７.0.0.1/',
  'http://user:word@10.0.0.1:8080/hook',
  'http://10.255.255.255/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://100.64.0.1/',
  'http://100.100.100.200/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[64:ff9b::10.0.0.1]/',
  'http://[fc00::1]/',
  'http://[fdff:ffff::1]/',
  'http://localhost/',
  'http://LOCALHOST:3000/',
  'http://localhost./',
  'http://api.localhost/',
]

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
