import { expect, test } from 'vitest'
import { tokenSource } from './token.ts'

test('a call that was sent with an earlier token uses the one that was obtained since', async () => {
  let asked = 0
  const tokens = tokenSource(() => `token ${++asked}`)
  expect(await tokens.current()).toBe('token 1')
  expect(await tokens.renewed('token 1')).toBe(true)
  expect(await tokens.renewed('token 1')).toBe(true)
  expect(asked).toBe(2)
  expect(await tokens.current()).toBe('token 2')
})
