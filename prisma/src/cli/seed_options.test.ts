import { expect, test } from 'vitest'
import { seedOptions } from './seed_options.ts'

test('without arguments the user demo gets 25 tasks', () => {
  expect(seedOptions([])).toEqual({ user_id: 'demo', count: 25 })
})

test.each(['1', '1000000'])('%s tasks can be created', (count) => {
  expect(seedOptions(['--user', 'ann', '--count', count])).toEqual({ user_id: 'ann', count: Number(count) })
})

test.each(['0', '-1', '1.5', '1000001', 'many', ''])('the number "%s" is refused', (count) => {
  expect(seedOptions([`--count=${count}`])).toEqual({ problem: '--count must be a whole number from 1 to 1000000' })
})

test.each(['auth', '', 'a\nb'])('no user is called %j', (user) => {
  expect(seedOptions([`--user=${user}`])).toEqual({ problem: expect.stringMatching(/^--user must be/) })
})
