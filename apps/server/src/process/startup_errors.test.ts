import { DatabaseStartupError } from '@taskwire/db/migrate'
import { expect, test } from 'vitest'
import { ConfigurationError } from '../config/env.ts'
import { FirstWorkerError } from '../workers/worker_group.ts'
import { ListenError } from './port.ts'
import { startupErrorMessages } from './startup_errors.ts'

test('what the operator has to change is said in one line for each problem, without a stack', () => {
  expect(startupErrorMessages(new ConfigurationError(['PORT must be', 'HOST must be']))).toEqual([
    'PORT must be',
    'HOST must be',
  ])
  expect(startupErrorMessages(new ListenError('the port is in use'))).toEqual(['the port is in use'])
  expect(startupErrorMessages(new DatabaseStartupError('unreachable', 'no database'))).toEqual(['no database'])
})

test('the first worker that could not start has said why itself, unless it was killed', () => {
  expect(startupErrorMessages(new FirstWorkerError('exit code 1'))).toEqual([])
  expect(startupErrorMessages(new FirstWorkerError('SIGKILL'))).toEqual(['the first worker could not start: SIGKILL'])
})

test('an unexpected error is shown with its stack, whatever was thrown', () => {
  expect(startupErrorMessages(new TypeError('x is undefined'))).toEqual([
    expect.stringMatching(/^TypeError: x is undefined\n\s+at /),
  ])
  expect(startupErrorMessages('text')).toEqual(['text'])
})
