import { expect, test } from 'vitest'
import { signInServer } from '../../testing/sign_in_server.ts'

test('more sign-ins than the queue holds are 503 with Retry-After, and the others are answered', async () => {
  const server = await signInServer()
  try {
    const { email } = await server.newUser()
    const payload = { email, password: 'a wrong one' }
    const url = '/api/auth/sign-in/email'
    const answers = await Promise.all(
      Array.from({ length: 70 }, () => server.app.inject({ method: 'POST', url, payload })),
    )
    const refused = answers.filter(({ statusCode }) => statusCode === 503)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.json()).toMatchObject({ code: 'overloaded' })
    expect(refused[0]?.headers['retry-after']).toBe('5')
    expect(answers.filter(({ statusCode }) => statusCode === 401).length).toBe(70 - refused.length)
  } finally {
    await server.close()
  }
})
