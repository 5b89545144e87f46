import { expect, test } from 'vitest'
import { decodeFile } from './decode.ts'

const text = 'Käse & Brot'
const little = Buffer.from(text, 'utf16le')
const big = Buffer.from(little).swap16()

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-16 with the low byte first', little],
  ['UTF-16 with the high byte first', big],
  ['UTF-16 with a mark, low byte first', Buffer.concat([Buffer.from([0xff, 0xfe]), little])],
  ['UTF-16 with a mark, high byte first', Buffer.concat([Buffer.from([0xfe, 0xff]), big])],
  ['Windows-1252', Buffer.from(text, 'latin1')],
])('a file in %s is decoded', (_, bytes) => {
  expect(decodeFile(bytes)).toBe(text)
})

test('a mark decides where no second byte is a NUL', () => {
  const kanji = Buffer.from('\uFEFF一二', 'utf16le')
  expect(decodeFile(kanji)).toBe('一二')
  expect(decodeFile(Buffer.from(kanji).swap16())).toBe('一二')
})

test('the euro sign of Windows-1252 is one', () => {
  expect(decodeFile(Uint8Array.of(0x80, 0x35))).toBe('€5')
})
