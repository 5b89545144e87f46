import { Client } from 'pg'
import { expect, test } from 'vitest'
import { emptyDatabase } from '../../testing/database.ts'
import { migrate } from './migrate.ts'

test('a role that may only change rows starts on a migrated database with the grants of the README', async () => {
  const { url, drop } = await emptyDatabase()
  const role = `app_${process.pid}`
  const owner = new Client({ connectionString: url })
  await owner.connect()
  try {
    await migrate(url)
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
    const asRole = new URL(url)
    asRole.username = role
    asRole.password = 'secret'
    await expect(migrate(asRole.href)).rejects.toMatchObject({ reason: 'missing_privilege' })
    await owner.query(`
      GRANT USAGE ON SCHEMA taskwire TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA taskwire TO ${role};
      GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA taskwire TO ${role}`)
    expect(await migrate(asRole.href)).toEqual([])
  } finally {
    await owner.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`)
    await owner.end()
    await drop()
  }
})
