import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emptyDatabase, onServer, testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommandFile } from '../../testing/backup/run_command.ts'
import { openTemporaryDirectory } from '../../testing/compatibility/archive.ts'

let database: TestDatabase
let directory: string
beforeAll(async () => {
  directory = await openTemporaryDirectory()
  database = await testDatabase()
})
afterAll(async () => {
  await database.close()
  await rm(directory, { recursive: true })
})

// Port 0 is always free.
const doctor = (variables: Record<string, string>) =>
  runCommandFile('commands/doctor_command.ts', [], { PORT: '0', TASKWIRE_DATA_DIR: directory, ...variables })

test('a database that fits is found in order, and the exit code is 0', async () => {
  const { code, stdout, stderr } = await doctor({ DATABASE_URL: database.url, DATABSE_URL: 'x' })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const line of [
    /^note settings +unknown setting DATABSE_URL: did you mean DATABASE_URL\?$/m,
    /^ok {3}versions +Taskwire \d+\.\d+\.\d+, Node 2\d\./m,
    /^ok {3}disk +.* free$/m,
    /^ok {3}database +of DATABASE_URL, PostgreSQL \d+/m,
    /^ok {3}privileges +role "\w+" can read, write and migrate$/m,
    /^ok {3}migrations +all applied$/m,
    /^ok {3}clock /m,
    /^nothing is wrong$/m,
  ]) {
    expect(stdout).toMatch(line)
  }
})

test('an installation before its first start is in order, and stays as it is', async () => {
  const { code, stdout } = await doctor({ TASKWIRE_DATA_DIR: join(directory, 'fresh') })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^note database +none yet in .*fresh: the first start creates it$/m)
  expect(stdout).toMatch(/^note secret +none yet/m)
})

test('each problem says what to do, and the exit code is 1', async () => {
  const dataDir = join(directory, 'wrong')
  await mkdir(dataDir)
  await writeFile(join(dataDir, 'secret'), 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe')
  await chmod(join(dataDir, 'secret'), 0o644)
  const { code, stdout } = await doctor({ TASKWIRE_DATA_DIR: dataDir, DATABASE_URL: 'postgresql://u@127.0.0.1:1/x' })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^FIX {2}secret +.*secret can be read by others: chmod 600 .*secret$/m)
  expect(stdout).toMatch(/^FIX {2}database +cannot use the database of DATABASE_URL: connect ECONNREFUSED/m)
  expect(stdout).toMatch(/^2 to fix$/m)
  const wrong = await doctor({ PORT: 'x', LOG_LEVEL: 'loud' })
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringMatching(/^FIX {2}settings +PORT must be/m) })
})

test('a server of DATABASE_READ_URL that is no standby of the database is a problem', async () => {
  const { code, stdout } = await doctor({ DATABASE_URL: database.url, DATABASE_READ_URL: database.url })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^FIX {2}standby +\S+ of DATABASE_READ_URL answers no reads: it is no standby$/m)
})

test('the grant that a role lacks is named', async () => {
  const own = await emptyDatabase()
  const role = `taskwire_doctor_${process.pid}`
  const name = new URL(own.url).pathname.slice(1)
  const url = new URL(own.url)
  url.username = role
  url.password = 'secret'
  await onServer(own.url, (client) => client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`))
  try {
    const bare = await doctor({ DATABASE_URL: url.href })
    expect(bare.stdout).toContain(`run as an administrator: GRANT CREATE ON DATABASE "${name}" TO "${role}"`)
    await onServer(own.url, (client) => client.query('CREATE SCHEMA taskwire; CREATE TABLE taskwire.task (id int)'))
    await onServer(own.url, (client) => client.query(`GRANT USAGE, CREATE ON SCHEMA taskwire TO ${role}`))
    const foreign = await doctor({ DATABASE_URL: url.href })
    expect(foreign.stdout).toContain(
      'no access to task: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA taskwire',
    )
    await onServer(own.url, (client) => client.query(`GRANT ALL ON taskwire.task TO ${role}`))
    expect((await doctor({ DATABASE_URL: url.href })).stdout).toContain(`the role "${role}" cannot apply migrations`)
    await onServer(own.url, (client) => client.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`))
    expect((await doctor({ DATABASE_URL: url.href })).stdout).toContain('FIX  privileges      the server is read-only')
  } finally {
    await onServer(own.url, (client) => client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))
    await own.drop()
  }
})

test('a database that a newer version has made unusable for this one is a problem, and one that it has not is none', async () => {
  const newer = await testDatabase()
  await newer.db.$executeRaw`INSERT INTO taskwire._prisma_migrations
    (id, checksum, migration_name, finished_at) VALUES ('1', '', '20990101000000_newer', now())`
  const usable = await doctor({ DATABASE_URL: newer.url })
  expect(usable).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^note migrations +a newer version was here/m),
  })
  await newer.db.$executeRaw`UPDATE taskwire._prisma_migrations SET logs = 'breaking: needs 99.0.0' WHERE id = '1'`
  const unusable = await doctor({ DATABASE_URL: newer.url })
  await newer.close()
  expect(unusable.code).toBe(1)
  expect(unusable.stdout).toMatch(/^FIX {2}migrations +this is Taskwire .*, and the database needs Taskwire 99\.0\.0/m)
})
