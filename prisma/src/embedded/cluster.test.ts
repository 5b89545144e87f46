import { expect, test } from 'vitest'
import { initdbError } from './cluster.ts'

// The first as initdb 18 wrote it on a file system with 20 MB left.
const WITHOUT_SPACE = [
  'FATAL:  could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 9\nHINT:  Check free disk space.',
  'PANIC:  could not write to file "pg_wal/xlogtemp.1781": No space left on device',
]

test.each(WITHOUT_SPACE)('a disk that is full before a database is set up is said in one line: %s', (output) => {
  const { message } = initdbError(
    '/data/postgres',
    new Error(`Command failed: initdb --pgdata=/data/postgres\n${output}`),
  )
  expect(message).toBe('the disk of /data/postgres is full: make room, then start again')
})

test('an initdb that the system cannot run is said to need glibc, and another failure with what initdb wrote', () => {
  const missing = Object.assign(new Error('spawn initdb ENOENT'), { code: 'ENOENT' })
  expect(initdbError('/data', missing).message).toContain('needs a Linux with glibc')
  const other = initdbError('/data', new Error('Command failed: initdb\ninitdb: error: cannot be run as root'))
  expect(other.message).toContain('could not be set up (Command failed: initdb initdb: error: cannot be run as root)')
  expect(other.message).not.toContain('\n')
})
