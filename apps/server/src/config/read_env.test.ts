import { resolve } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import {
  agentKey,
  callersPath,
  ConfigurationError,
  environmentWith,
  isLoopback,
  openTelemetryVariables,
  readEnv,
  settingWarnings,
} from './env.ts'

const SECRETS = ['q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe', 'Zx9Kq2Lm7Vb4Nc1Rt8Wp5Ys3Df6Gh0Ju']

// What the tests set, and what `readEnv` changes.
afterEach(() => vi.unstubAllEnvs())

test('the SDK of the model is told to send no traces, and a list of secrets is hidden from Better Auth', () => {
  vi.stubEnv('OPENAI_AGENTS_DISABLE_TRACING', '0')
  vi.stubEnv('BETTER_AUTH_SECRETS', SECRETS.join(','))
  expect(readEnv()).toMatchObject({ BETTER_AUTH_SECRET: SECRETS[0], formerSecrets: [SECRETS[1]] })
  expect(process.env['OPENAI_AGENTS_DISABLE_TRACING']).toBe('1')
  expect(process.env['BETTER_AUTH_SECRETS']).toBeUndefined()
})

test('a configuration that cannot be used is an error with a line for each problem', () => {
  vi.stubEnv('PORT', 'x')
  vi.stubEnv('LOG_LEVEL', 'loud')
  expect(readEnv).toThrow(ConfigurationError)
  expect(readEnv).toThrow(/^PORT must .*\nLOG_LEVEL must /)
})

test('the key of an agent is that of its process, without the spaces around it', () => {
  vi.stubEnv('TASKWIRE_API_KEY', ' tw_x\n')
  expect(agentKey()).toBe('tw_x')
  vi.stubEnv('TASKWIRE_API_KEY', '  ')
  expect(agentKey()).toBeUndefined()
})

test('a process is started with the environment of this one and its own values', () => {
  vi.stubEnv('KEPT', 'yes')
  vi.stubEnv('PORT', '1')
  expect(environmentWith({ PORT: '2' })).toMatchObject({ KEPT: 'yes', PORT: '2' })
  expect(process.env['PORT']).toBe('1')
})

test('a path is that of the folder in which npm was called, if npm called us', () => {
  vi.stubEnv('INIT_CWD', '/home/ann')
  expect([callersPath('file.json'), callersPath('/file.json')]).toEqual(['/home/ann/file.json', '/file.json'])
  vi.stubEnv('INIT_CWD', undefined)
  expect(callersPath('file.json')).toBe(resolve('file.json'))
})

test('the variables of OpenTelemetry are read only if they ask for traces', () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '')
  expect(openTelemetryVariables()).toBeUndefined()
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector')
  expect(openTelemetryVariables()).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector' })
})

test('a misspelt variable is warned about by its name', () => {
  vi.stubEnv('DATABSE_URL', 'postgres://ann:hunter2@db/tasks')
  const warnings = settingWarnings()
  expect(warnings).toContain('unknown setting DATABSE_URL: did you mean DATABASE_URL?')
  expect(warnings.join()).not.toContain('hunter2')
})

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.255.0.1', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.example.com', false],
  ['localhost.example.com', false],
])('that %s is reached from this machine alone: %s', (host, isLocal) => {
  expect(isLoopback(host)).toBe(isLocal)
})
