import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigurationError, envFrom } from './env.ts'
import { variables } from './variables.ts'
import { documentedVariables, envExample, helpText } from './env_help.ts'
import { sharedSecret } from './secret.ts'

const SECRET = 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'taskwire-env-'))
})
afterAll(() => rm(directory, { recursive: true }))

function problems(values: Record<string, string>): readonly string[] {
  try {
    envFrom(values)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}

test('without configuration every variable has its documented default', () => {
  expect(envFrom({})).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 8000,
    BETTER_AUTH_URL: 'http://127.0.0.1:8000',
    CORS_ORIGINS: ['http://localhost:3000'],
    DATABASE_POOL_MAX: 30,
    UNKNOWN_FIELDS: 'reject',
    AUTH_ALLOW_NON_EXPIRING: false,
    RATE_LIMIT_API: 0,
    RATE_LIMIT_AUTH: 60,
    LOG_LEVEL: 'info',
  })
  expect(envFrom({}).TASKWIRE_DATA_DIR).toMatch(/\/\.data$/)
})

test('an empty variable counts as unset', () => {
  expect(envFrom({ PORT: '', DATABASE_URL: ' ', BETTER_AUTH_SECRET: '' })).toEqual(envFrom({}))
})

test.each([
  [{ PORT: '9000' }, { PORT: 9000, BETTER_AUTH_URL: 'http://127.0.0.1:9000' }],
  [{ HOST: '::1' }, { BETTER_AUTH_URL: 'http://[::1]:8000' }],
  [{ HOST: 'localhost' }, { HOST: 'localhost' }],
  [{ BETTER_AUTH_URL: 'https://tasks.example.com/' }, { BETTER_AUTH_URL: 'https://tasks.example.com' }],
  [
    { CORS_ORIGINS: 'https://a.example, http://b.example:81' },
    { CORS_ORIGINS: ['https://a.example', 'http://b.example:81'] },
  ],
  [
    { AUTH_JWKS_URL: 'https://i.example/jwks', AUTH_ISSUER: 'https://i.example' },
    { AUTH_AUDIENCE: 'https://i.example' },
  ],
  [{ AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' }, { AUTH_AUDIENCE: 'a' }],
  [{ AUTH_ALLOW_NON_EXPIRING: 'true' }, { AUTH_ALLOW_NON_EXPIRING: true }],
  [{ BETTER_AUTH_URL: 'https://t.example' }, { MAIL_FROM: 'Taskwire <taskwire@t.example>' }],
  [{ MAIL_FROM: 'Tasks <tasks@t.example>' }, { MAIL_FROM: 'Tasks <tasks@t.example>' }],
  [{ WORKERS: '64' }, { WORKERS: 64 }],
  [{ WORKERS: 'auto' }, { WORKERS: availableParallelism() }],
  [{ TRUST_PROXY: '10.0.0.0/8, ::1' }, { TRUST_PROXY: ['10.0.0.0/8', '::1'] }],
  [
    { DATABASE_URL: 'postgresql://u:p@h/db?sslmode=require' },
    { DATABASE_URL: 'postgresql://u:p@h/db?sslmode=require' },
  ],
  [
    { HOST: '0.0.0.0', BETTER_AUTH_SECRET: SECRET, BETTER_AUTH_URL: 'https://t.example' },
    { HOST: '0.0.0.0', BETTER_AUTH_SECRET: SECRET },
  ],
] as [Record<string, string>, object][])('%j is valid', (values, expected) => {
  expect(envFrom(values)).toMatchObject(expected)
})

test.each([
  [{ PORT: 'x' }, ['PORT']],
  [{ PORT: '65536' }, ['PORT']],
  [{ PORT: '-1' }, ['PORT']],
  [{ PORT: '80.5' }, ['PORT']],
  [{ DATABASE_URL: 'mysql://root:hunter2@h/db' }, ['DATABASE_URL']],
  [{ DATABASE_URL: 'hunter2' }, ['DATABASE_URL']],
  [{ BETTER_AUTH_SECRET: 'hunter2' }, ['BETTER_AUTH_SECRET']],
  [{ BETTER_AUTH_SECRET: 'x'.repeat(31) }, ['BETTER_AUTH_SECRET']],
  [{ BETTER_AUTH_SECRET: 'x'.repeat(40) }, ['BETTER_AUTH_SECRET']],
  [{ BETTER_AUTH_SECRET: 'your-secret-key-of-at-least-32-characters' }, ['BETTER_AUTH_SECRET']],
  [{ BETTER_AUTH_SECRET: 'change-me-change-me-change-me-change-me' }, ['BETTER_AUTH_SECRET']],
  [{ BETTER_AUTH_SECRET: 'replace-with-32-characters-or-more' }, ['BETTER_AUTH_SECRET']],
  [{ BETTER_AUTH_SECRET: 'better-auth-secret-12345678901234567890' }, ['BETTER_AUTH_SECRET']],
  [{ BETTER_AUTH_SECRET: '<a secret of at least 32 characters>' }, ['BETTER_AUTH_SECRET']],
  [{ BETTER_AUTH_URL: 'tasks.example.com' }, ['BETTER_AUTH_URL']],
  [{ HOST: '0.0.0.0' }, ['BETTER_AUTH_SECRET', 'BETTER_AUTH_URL']],
  [{ HOST: '192.168.1.5', BETTER_AUTH_URL: 'https://t.example' }, ['BETTER_AUTH_SECRET']],
  [{ HOST: '::', BETTER_AUTH_SECRET: SECRET }, ['BETTER_AUTH_URL']],
  [{ HOST: 'tasks.example.com', BETTER_AUTH_SECRET: SECRET }, ['BETTER_AUTH_URL']],
  [{ AUTH_JWKS_URL: 'https://i.example/jwks' }, ['AUTH_ISSUER']],
  [{ AUTH_JWKS_URL: 'jwks', AUTH_ISSUER: 'i' }, ['AUTH_JWKS_URL']],
  [{ AUTH_ALLOW_NON_EXPIRING: 'yes' }, ['AUTH_ALLOW_NON_EXPIRING']],
  [{ CORS_ORIGINS: '*' }, ['CORS_ORIGINS']],
  [{ CORS_ORIGINS: 'https://a.example/path' }, ['CORS_ORIGINS']],
  [{ CORS_ORIGINS: 'a.example' }, ['CORS_ORIGINS']],
  [{ DATABASE_POOL_MAX: '0' }, ['DATABASE_POOL_MAX']],
  [{ DATABASE_READ_URL: 'postgresql://standby/tasks' }, ['DATABASE_READ_URL']],
  [{ DATABASE_URL: 'postgresql://db/tasks', DATABASE_READ_URL: 'standby' }, ['DATABASE_READ_URL']],
  [
    {
      DATABASE_URL: 'postgresql://db/tasks',
      DATABASE_READ_URL: 'postgresql://standby/tasks?target_session_attrs=any',
    },
    ['DATABASE_READ_URL'],
  ],
  [{ UNKNOWN_FIELDS: 'allow' }, ['UNKNOWN_FIELDS']],
  [{ OPENAI_BASE_URL: 'localhost:11434' }, ['OPENAI_BASE_URL']],
  [{ RATE_LIMIT_API: 'off' }, ['RATE_LIMIT_API']],
  [{ TRUST_PROXY: 'true' }, ['TRUST_PROXY']],
  [{ TRUST_PROXY: '10.0.0.0/33' }, ['TRUST_PROXY']],
  [{ LOG_LEVEL: 'loud' }, ['LOG_LEVEL']],
  [{ WORKERS: '0' }, ['WORKERS']],
  [{ WORKERS: '65' }, ['WORKERS']],
  [{ WORKERS: 'all' }, ['WORKERS']],
  [{ SMTP_URL: 'mail.example.com' }, ['SMTP_URL']],
  [{ SMTP_URL: 'https://u:hunter2@mail.example.com' }, ['SMTP_URL']],
  [{ MAIL_FROM: 'Tasks' }, ['MAIL_FROM']],
  [{ MAIL_FROM: 'a@b.example\r\nBcc: c@d.example' }, ['MAIL_FROM']],
  [{ AUTH_REQUIRE_EMAIL_VERIFICATION: 'true' }, ['SMTP_URL']],
  [{ PORT: 'x', LOG_LEVEL: 'loud', HOST: '0.0.0.0' }, ['BETTER_AUTH_SECRET', 'BETTER_AUTH_URL', 'PORT', 'LOG_LEVEL']],
] as [Record<string, string>, string[]][])(
  '%j is rejected with one line per variable and without its value',
  (values, names) => {
    const lines = problems(values)
    expect(new Set(lines.map((line) => line.split(' ')[0]))).toEqual(new Set(names))
    expect(lines).toHaveLength(names.length)
    for (const line of lines) {
      expect(line).toMatch(/^[A-Z_]+ must /)
      expect(line).not.toMatch(/\n|hunter2/)
    }
  },
)

describe('the generated secret', () => {
  test('is created once, readable only by its owner, and shared by processes that start together', async () => {
    const env = envFrom({ TASKWIRE_DATA_DIR: join(directory, 'data') })
    const secrets = await Promise.all(Array.from({ length: 8 }, () => sharedSecret(env)))
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString())).size).toBe(1)
    expect(secrets[0]?.length).toBeGreaterThanOrEqual(32)
    expect((await stat(join(directory, 'data', 'secret'))).mode & 0o777).toBe(0o600)
    expect(await sharedSecret(env)).toEqual(secrets[0])
  })

  test('is only read where it is as it should be, so that its directory need not be writable', async () => {
    const env = envFrom({ TASKWIRE_DATA_DIR: join(directory, 'kept') })
    await sharedSecret(env)
    const { ctimeMs } = await stat(join(directory, 'kept', 'secret'))
    await sharedSecret(env)
    expect((await stat(join(directory, 'kept', 'secret'))).ctimeMs).toBe(ctimeMs)
    await chmod(join(directory, 'kept', 'secret'), 0o644)
    await sharedSecret(env)
    expect((await stat(join(directory, 'kept', 'secret'))).mode & 0o777).toBe(0o600)
  })

  test('is not created if one is configured', async () => {
    const env = envFrom({ TASKWIRE_DATA_DIR: join(directory, 'none'), BETTER_AUTH_SECRET: SECRET })
    expect(Buffer.from(await sharedSecret(env)).toString()).toBe(SECRET)
    expect(existsSync(join(directory, 'none'))).toBe(false)
  })

  test('is rejected if its file was corrupted', async () => {
    const env = envFrom({ TASKWIRE_DATA_DIR: directory })
    await writeFile(join(directory, 'secret'), 'short')
    await expect(sharedSecret(env)).rejects.toThrow('must have at least 32 characters')
  })
})

describe('documents name every variable with its default', () => {
  const root = new URL('../../../../', import.meta.url)

  test('.env.example matches the schema', async () => {
    expect(await readFile(new URL('.env.example', root), 'utf8')).toBe(envExample())
  })

  test('--help', () => {
    const help = helpText()
    for (const name of Object.keys(variables.shape)) expect(help).toContain(`  ${name} `)
  })

  test('every variable has a description', () => {
    expect(documentedVariables().filter(({ meaning }) => meaning === '')).toEqual([])
  })

  test('README.md names no variable that does not exist', async () => {
    const text = await readFile(new URL('README.md', root), 'utf8')
    const named = new Set([...text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name = '']) => name))
    expect(named).toContain('DATABASE_URL')
    const known = new Set([...Object.keys(variables.shape), 'TASKWIRE_API_KEY', 'TEST_DATABASE_URL'])
    expect([...named].filter((name) => !known.has(name))).toEqual([])
  })
})

test('DATABASE_URL may name a socket or several hosts in each form of libpq', () => {
  for (const url of [
    'postgresql://u:p@/tasks?host=/run/postgresql',
    'postgresql:///tasks?host=/run/postgresql&user=u',
    'postgres://u@%2Frun%2Fpostgresql/tasks',
    'postgres://u:p@db.example:6432/tasks?sslmode=require',
    'postgres://u:p@one:5432,two:5433/tasks?target_session_attrs=read-write',
    'postgres:///tasks?host=one,two&user=u',
  ]) {
    expect(problems({ DATABASE_URL: url }), url).toEqual([])
  }
  for (const url of ['mysql://u@h/x', 'postgres']) {
    expect(problems({ DATABASE_URL: url }), url).toEqual([
      'DATABASE_URL must be a URL that starts with postgres:// or postgresql://',
    ])
  }
  expect(problems({ DATABASE_URL: 'postgres://one,two:x/y' })).toEqual(['DATABASE_URL must have ports from 1 to 65535'])
})
