import { expect, test } from 'vitest'
import { passwordQueue } from './password_queue.ts'
import { signInServer } from '../../testing/sign_in_server.ts'

/** Hashing that ends when the test says so. */
function slowHashing() {
  const under_way: { password: string; end: (error?: Error) => void }[] = []
  const work = <Result>(password: string, result: Result) =>
    new Promise<Result>((resolve, reject) => {
      under_way.push({ password, end: (error) => (error === undefined ? resolve(result) : reject(error)) })
    })
  const hashing = {
    hash: (password: string) => work(password, `hash of ${password}`),
    verify: ({ hash, password }: { hash: string; password: string }) => work(password, hash === `hash of ${password}`),
  }
  return { hashing, under_way }
}

test('passwords are hashed one after the other, in the order in which they came', async () => {
  const { hashing, under_way } = slowHashing()
  const queue = passwordQueue(hashing, { concurrency: 1 })
  const first = queue.hash('a')
  const failure = expect(queue.verify({ hash: 'hash of b', password: 'b' })).rejects.toThrow('broken hash')
  const third = queue.hash('c')
  expect(under_way.map(({ password }) => password)).toEqual(['a'])
  under_way[0]?.end()
  await expect(first).resolves.toBe('hash of a')
  expect(under_way.map(({ password }) => password)).toEqual(['a', 'b'])
  under_way[1]?.end(new Error('broken hash'))
  await failure
  under_way[2]?.end()
  await expect(third).resolves.toBe('hash of c')
})

test('a full queue refuses at once, and takes more when it has moved on', async () => {
  const { hashing, under_way } = slowHashing()
  const queue = passwordQueue(hashing, { concurrency: 1, maxWaiting: 1 })
  const first = queue.hash('a')
  const second = queue.hash('b')
  await expect(queue.hash('c')).rejects.toMatchObject({ reason: 'overloaded', details: { retry_after: 5 } })
  under_way[0]?.end()
  await first
  const fourth = queue.hash('d')
  under_way[1]?.end()
  await second
  under_way[2]?.end()
  await expect(fourth).resolves.toBe('hash of d')
})

test('two places are two passwords at once, and both are free again at the end', async () => {
  const { hashing, under_way } = slowHashing()
  const queue = passwordQueue(hashing, { concurrency: 2, maxWaiting: 1 })
  for (const round of [0, 1]) {
    const hashed = ['a', 'b', 'c'].map((password) => queue.hash(password))
    expect(under_way).toHaveLength(3 * round + 2)
    await expect(queue.hash('d')).rejects.toMatchObject({ reason: 'overloaded' })
    under_way[3 * round + 1]?.end()
    await hashed[1]
    expect(under_way).toHaveLength(3 * round + 3)
    for (const { end } of under_way) end()
    await Promise.all(hashed)
  }
})

test('a place that is free is one place, while another password is hashed', async () => {
  const { hashing, under_way } = slowHashing()
  const queue = passwordQueue(hashing, { concurrency: 2 })
  const hashed = [queue.hash('a'), queue.hash('b')]
  under_way[0]?.end()
  await hashed[0]
  hashed.push(queue.hash('c'), queue.hash('d'))
  expect(under_way.map(({ password }) => password)).toEqual(['a', 'b', 'c'])
  for (const number of [1, 2, 3]) {
    under_way[number]?.end()
    await hashed[number]
  }
})

test('sixty passwords wait by default, and one more is refused', async () => {
  const { hashing, under_way } = slowHashing()
  const queue = passwordQueue(hashing, { concurrency: 1 })
  const hashed = Array.from({ length: 61 }, () => queue.hash('x'))
  await expect(queue.hash('y')).rejects.toMatchObject({ reason: 'overloaded' })
  for (let ended = 0; ended < hashed.length; ended++) {
    under_way[ended]?.end()
    await hashed[ended]
  }
  expect(under_way).toHaveLength(61)
})

test('passwords that were hashed before are still verified', async () => {
  const server = await signInServer()
  try {
    const { id, email } = await server.newUser()
    // Made by Better Auth 1.7 itself, of "correct horse battery".
    const password =
      'bfaa7bbeef641d57fc766c4b39f69e86:5c7805c63de5cf6f20d06b793c75608300ae563b9edcf4f929d906db3dc4daecd7b2fc35d057f20b8e00726ce4bb86c98849544d6bab8289bc86bf23ae3ca1e6'
    await server.database.db.account.updateMany({ where: { userId: id }, data: { password } })
    const payload = { email, password: 'correct horse battery' }
    const answer = await server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload })
    expect(answer.statusCode).toBe(200)
  } finally {
    await server.close()
  }
})
