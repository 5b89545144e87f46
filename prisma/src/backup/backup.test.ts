import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { emptyDatabase, onServer, type TestDatabase, testDatabase } from '../../testing/database.ts'
import { migrate } from '../migrate/migrate.ts'
import { migrationsDirectory, migrationsIn } from '../migrate/migrations.ts'
import { openDatabase } from '../pool/database.ts'
import type { ArchiveContents } from './archive.ts'
import { openBackup } from './backup.ts'
import { readBackupFile, writeNewFile } from './file.ts'
import { restore } from './restore.ts'
import { TAR_END, tarEntry } from './tar.ts'

let source: TestDatabase
let directory: string
let target: Awaited<ReturnType<typeof emptyDatabase>>

beforeAll(async () => {
  source = await testDatabase()
  await source.pool.query(FILL)
})
afterAll(() => source.close())
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'taskwire-backup-'))
  target = await emptyDatabase()
})
afterEach(async () => {
  await target.drop()
  await rm(directory, { recursive: true })
})

// A row in every table, and in some of them values that the format of COPY has to escape.
const FILL = `
  INSERT INTO taskwire.user (id, name, email) VALUES ('ann', 'Ann', 'ann@example.com'), ('gone', 'Gone', 'gone@example.com');
  INSERT INTO taskwire.session (id, "expiresAt", token, "updatedAt", "userId") VALUES ('s', now(), 't', now(), 'ann'), ('s2', now(), 't2', now(), 'gone');
  INSERT INTO taskwire.account (id, "accountId", "providerId", "userId", password, "updatedAt") VALUES ('a', 'ann', 'credential', 'ann', 'hash', now());
  INSERT INTO taskwire.apikey (id, "referenceId", key, "createdAt", "updatedAt") VALUES ('k', 'ann', 'hash', now(), now());
  INSERT INTO taskwire.jwks (id, "publicKey", "privateKey", "createdAt") VALUES ('j', 'public', 'private', now());
  INSERT INTO taskwire.verification (id, identifier, value, "expiresAt") VALUES ('v', 'i', 'v', now());
  INSERT INTO taskwire."oauthClient" (id, "clientId", scopes) VALUES ('c', 'client', '{tasks:read}');
  INSERT INTO taskwire."oauthResource" (id, identifier, name) VALUES ('r', 'https://tasks.example.com/mcp', 'Taskwire');
  INSERT INTO taskwire."oauthClientResource" (id, "clientId", "resourceId") VALUES ('cr', 'client', 'https://tasks.example.com/mcp');
  INSERT INTO taskwire."oauthConsent" (id, "clientId", "userId", "createdAt", "updatedAt") VALUES ('co', 'client', 'ann', now(), now());
  INSERT INTO taskwire."oauthRefreshToken" (id, token, "clientId", "userId", "expiresAt", "createdAt") VALUES ('rt', 'hash', 'client', 'ann', now(), now());
  INSERT INTO taskwire."oauthAccessToken" (id, token, "clientId", "userId", "refreshId", "expiresAt", "createdAt") VALUES ('at', 'hash', 'client', 'ann', 'rt', now(), now());
  INSERT INTO taskwire."oauthClientAssertion" (id, "expiresAt") VALUES ('as', now());
  INSERT INTO taskwire.settings (user_id, time_zone) VALUES ('ann', 'Asia/Tokyo');
  INSERT INTO taskwire.task (user_id, title, description, tags, checklist, due_date) VALUES
    ('ann', E'tab\\tback\\\\slash\\nline \\\\N', NULL, '{"a,b","c\\"d"}', '[{"id": "1", "text": "\\u00e9 \\ud83d\\ude00", "done": true}]', '9999-12-31'),
    ('bob', '\\.', '', '{}', '[]', NULL);
  INSERT INTO taskwire.task (user_id, title) SELECT 'ann', 'task ' || n FROM generate_series(1, 3000) n;
  UPDATE taskwire.task SET completed = true, changed_key = 'key', changed_request = repeat('r', 43) WHERE user_id = 'bob';
  UPDATE taskwire.task SET deleted_at = now() WHERE user_id = 'ann' AND id % 100 = 0;
  INSERT INTO taskwire.conversation (user_id, title) VALUES ('ann', 'chat');
  INSERT INTO taskwire.message (user_id, conversation_id, role, content, tool_calls)
    SELECT 'ann', id, 'user', repeat('x', 3000000), '[{"tool": "add_task"}]' FROM taskwire.conversation;
  INSERT INTO taskwire.task (user_id, title, due_date, reminders) VALUES ('bob', 'Call', '2030-01-01', '{-PT10M}');
  INSERT INTO taskwire.reminder (user_id, task_id, remind_at, zones) SELECT user_id, id, now(), '2026a' FROM taskwire.task WHERE title = 'Call';
  INSERT INTO taskwire.reminder_mail (user_id, task_id, remind_at, event, next_attempt_at) VALUES ('bob', 1, now(), '{}', now());
  INSERT INTO taskwire.vapid_key (public_key, private_key) VALUES ('p', 'd');
  INSERT INTO taskwire.push_subscription (user_id, session_id, endpoint, p256dh, auth, language, shows_title) VALUES ('ann', 's', 'https://push.example.com/x', 'p', 'a', 'en', true);
  INSERT INTO taskwire.push_delivery (user_id, subscription_id, task_id, remind_at, event, next_attempt_at) SELECT user_id, id, 1, now(), '{}', now() FROM taskwire.push_subscription;
  INSERT INTO taskwire.webhook (user_id, url, events, secret, seq) VALUES ('bob', 'https://example.com/hook', '{change}', 'whsec_x', 0);
  INSERT INTO taskwire.webhook_delivery (user_id, webhook_id, event_key, seq, type, queued, status)
    SELECT user_id, id, '1', 1, 'change', false, 'delivered' FROM taskwire.webhook;
  INSERT INTO taskwire.calendar_feed (user_id, token_hash) VALUES ('bob', repeat('h', 43));
  INSERT INTO taskwire.imported_task (user_id, fingerprint, task_id) VALUES ('bob', repeat('f', 22), 1);
  INSERT INTO taskwire.imported_id (kind, old_id, id) VALUES ('task', 'a-uuid', 1);
  DELETE FROM taskwire.user WHERE id = 'gone';
  SELECT setval('taskwire.push_subscription_id_seq', 1000, false);`

const options = { version: '1.2.3', secret: 'the secret of this installation', secretId: 'id' }
const signal = new AbortController().signal

async function backUp({ url = source.url, file = join(directory, 'backup') } = {}): Promise<string> {
  const backup = await openBackup(url, options)
  try {
    await writeNewFile(file, backup.archive, { force: false, signal })
  } finally {
    await backup.close()
  }
  return file
}

function restoreInto(url: string, file: string, beforeCommit = async () => {}) {
  return readBackupFile(file, { signal }, (archive) =>
    restore(url, archive, { ownConnections: 0, beforeCommit, log: () => {} }),
  )
}

/** Every row of every table, and everything in the schema that a row can depend on. */
async function contents(url: string): Promise<Record<string, unknown>> {
  return onServer(url, async (client) => {
    const tables = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'taskwire' AND tablename <> '_prisma_migrations'`,
    )
    const found: Record<string, unknown> = {}
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ line: string }>(
        `SELECT row.*::text AS line FROM taskwire."${name}" row ORDER BY 1`,
      )
      expect(rows.length, `rows of ${name}`).toBeGreaterThan(0)
      found[name] = createHash('sha256')
        .update(rows.map(({ line }) => line).join('\n'))
        .digest('hex')
    }
    const schema = await client.query(
      `SELECT 'trigger' AS kind, tgrelid::regclass || ' ' || tgname AS name, tgenabled::text AS definition FROM pg_trigger
        WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'taskwire.%'
      UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'taskwire'::regnamespace
      UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'taskwire'
      UNION ALL SELECT 'sequence', sequencename, last_value::text FROM pg_sequences WHERE schemaname = 'taskwire'
      UNION ALL SELECT 'migration', migration_name, checksum FROM taskwire._prisma_migrations
      ORDER BY 1, 2`,
    )
    return { ...found, schema: schema.rows }
  })
}

async function isUntouched(url: string): Promise<boolean> {
  const sql = `SELECT FROM pg_namespace WHERE nspname = 'taskwire'`
  return onServer(url, async (client) => (await client.query(sql)).rowCount === 0)
}

test('a restored database has every row, trigger, index, constraint and sequence of the original', async () => {
  const secrets: (string | undefined)[] = []
  await readBackupFile(await backUp(), { signal }, async (archive) => {
    secrets.push(archive.secret)
    await restore(target.url, archive, { ownConnections: 0, log: () => {} })
  })
  expect(secrets).toEqual([options.secret])
  expect(await contents(target.url)).toEqual(await contents(source.url))
})

test('a database in which a server was started, and nothing else, takes a backup', async () => {
  await migrate(target.url)
  await onServer(target.url, (client) =>
    client.query(
      `INSERT INTO taskwire.jwks (id, "publicKey", "privateKey", "createdAt") VALUES ('own', '', '', now())`,
    ),
  )
  await restoreInto(target.url, await backUp())
  expect(await contents(target.url)).toEqual(await contents(source.url))
})

test('a database with a single row of a user is not restored into, nor one that a server uses', async () => {
  const file = await backUp()
  // A connection that is idle would be closed after a while.
  const used = await source.pool.connect()
  await expect(restoreInto(source.url, file)).rejects.toThrow('a server or command is using this installation')
  used.release()
  await migrate(target.url)
  await onServer(target.url, (client) => client.query(`INSERT INTO taskwire.settings (user_id) VALUES ('ann')`))
  await expect(restoreInto(target.url, file)).rejects.toThrow('this installation is not empty (table settings)')
})

test('a backup is one moment: of each user the tasks agree with the log, while others write', async () => {
  const { pool } = source
  let writing = true
  const writers = [1, 2, 3].map(async (n) => {
    for (let i = 0; writing; i++) {
      await pool.query(`INSERT INTO taskwire.task (user_id, title) VALUES ($1, $2)`, [`writer ${n}`, `task ${i}`])
      await pool.query(`UPDATE taskwire.task SET completed = true WHERE user_id = $1 AND title = $2`, [
        `writer ${n}`,
        `task ${i}`,
      ])
    }
  })
  const before = await pool.query<{ count: number }>(`SELECT count(*)::int FROM taskwire.change`)
  const file = await backUp()
  writing = false
  await Promise.all(writers)
  await restoreInto(target.url, file)
  await onServer(target.url, async (client) => {
    const { rows } = await client.query(
      `SELECT user_id, seq = (SELECT max(seq) FROM taskwire.change c WHERE c.user_id = counter.user_id) AS last,
        seq = (SELECT count(*) FROM taskwire.change c WHERE c.user_id = counter.user_id) AS gapless,
        (SELECT sum(version) FROM taskwire.task t WHERE t.user_id = counter.user_id) = seq AS versions
      FROM taskwire.change_counter counter WHERE user_id LIKE 'writer %'`,
    )
    for (const row of rows) expect(row).toMatchObject({ last: true, gapless: true, versions: true })
    const after = await client.query<{ count: number }>(`SELECT count(*)::int FROM taskwire.change`)
    expect(after.rows[0]?.count).toBeGreaterThanOrEqual(before.rows[0]?.count ?? Infinity)
    // An id that was given out since is not given out again.
    await client.query(`INSERT INTO taskwire.task (user_id, title) VALUES ('next', 'next')`)
    const ids = await client.query<{ next: boolean }>(
      `SELECT (SELECT id FROM taskwire.task WHERE user_id = 'next') > max(task_id) AS next FROM taskwire.change WHERE user_id <> 'next'`,
    )
    expect(ids.rows).toEqual([{ next: true }])
  })
})

test('a file that is cut anywhere, or in which any byte differs, is refused and leaves the database untouched', async () => {
  const file = await backUp()
  const whole = await readFile(file)
  const offsets = [0, 1, 10, ...[0.3, 0.9].map((share) => Math.floor(whole.length * share)), whole.length - 1]
  const damaged = join(directory, 'damaged')
  for (const offset of offsets) {
    await writeFile(damaged, whole.subarray(0, offset))
    await expect(restoreInto(target.url, damaged), `cut at ${offset}`).rejects.toThrow(
      /damaged is (cut short|damaged|not a backup)/,
    )
    const flipped = Buffer.from(whole)
    flipped[offset] = (flipped[offset] ?? 0) ^ 0x10
    await writeFile(damaged, flipped)
    const refused = await restoreInto(target.url, damaged).then(
      () => undefined,
      (error: Error) => error.message,
    )
    expect(refused, `changed at ${offset}`).toMatch(/damaged is (cut short|damaged|not a backup)/)
  }
  expect(await isUntouched(target.url)).toBe(true)
})

test('a file without one of its rows, or with a wrong checksum, is refused', async () => {
  const bytes = gunzipSync(await readFile(await backUp()))
  const at = bytes.indexOf('task 1234')
  bytes.write('task 1235', at)
  const file = join(directory, 'edited')
  await writeFile(file, gzipSync(bytes))
  await expect(restoreInto(target.url, file)).rejects.toThrow('edited is damaged: its checksum does not match')
  expect(await isUntouched(target.url)).toBe(true)
})

test('rows that are missing or cannot be read, and migrations that are not ours, leave the database untouched', async () => {
  const file = await backUp()
  const restored = (change: (archive: ArchiveContents) => Partial<ArchiveContents>) =>
    readBackupFile(file, { signal }, (archive) =>
      restore(target.url, { ...archive, ...change(archive) }, { ownConnections: 0, log: () => {} }),
    )
  const fewer = restored(({ end }) => ({
    end: async () => {
      const { rows, sequences } = await end()
      return { sequences, rows: { ...rows, user: (rows['user'] ?? 0) + 1 } }
    },
  }))
  await expect(fewer).rejects.toThrow('is damaged: rows of user are missing')
  async function* unreadable(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const _ of rows) yield Buffer.from('one\ttwo\n')
  }
  const bad = restored(({ rows }) => ({ rows: (table) => unreadable(rows(table)) }))
  await expect(bad).rejects.toThrow(/is damaged: the rows of \w+ cannot be read/)
  const edited = restored(({ manifest }) => ({
    manifest: { ...manifest, migrations: manifest.migrations.map((one) => ({ ...one, checksum: 'edited' })) },
  }))
  await expect(edited).rejects.toThrow(/was made by a version whose migration \w+ is not ours/)
  expect(await isUntouched(target.url)).toBe(true)
  const open = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
  await expect.poll(() => onServer(target.url, async (client) => (await client.query(open)).rowCount)).toBe(0)
})

test('connections of the process that restores do not keep it from that', async () => {
  const file = await backUp()
  const own = openDatabase({ url: target.url, poolMax: 1, waitMs: 60_000 })
  await own.pool.query('SELECT 1')
  const into = (ownConnections: number) =>
    readBackupFile(file, { signal }, (archive) => restore(target.url, archive, { ownConnections, log: () => {} }))
  await expect(into(0)).rejects.toThrow('a server or command is using this installation')
  expect((await into(1)).rows).toMatchObject({ user: 1 })
  await own.close()
})

test('a file of something else, and a backup of a newer version, are refused in one line', async () => {
  const file = join(directory, 'other')
  const manifest = (content: object) =>
    gzipSync(
      Buffer.concat([
        tarEntry({ name: 'manifest.json', content: Buffer.from(JSON.stringify(content)) }, new Date()),
        TAR_END,
      ]),
    )
  const cases: [Buffer, string][] = [
    [Buffer.from(''), 'other is cut short'],
    [Buffer.from('hello'), 'other is damaged or is not a backup of Taskwire'],
    [gzipSync('x'.repeat(2000)), 'other is not a backup of Taskwire'],
    [
      gzipSync(Buffer.concat([tarEntry({ name: 'x', content: Buffer.from('x') }, new Date()), TAR_END])),
      'other is not a backup of Taskwire',
    ],
    [
      manifest({ format: 2, version: '9.0.0' }),
      'other was made by a newer version (9.0.0): restore it with that version',
    ],
    [manifest({ format: 1, version: '9.0.0' }), 'other is damaged: a description in it cannot be read'],
  ]
  for (const [content, message] of cases) {
    await writeFile(file, content)
    await expect(restoreInto(target.url, file)).rejects.toThrow(message)
  }
  const other = await testDatabase()
  await other.pool.query(
    `INSERT INTO taskwire._prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('n', 'c', '29990101000000_newer', now())`,
  )
  const newer = await backUp({ url: other.url })
  await expect(restoreInto(target.url, newer)).rejects.toThrow(
    'was made by a newer version (1.2.3, migration 29990101000000_newer): restore it with that version',
  )
  await other.close()
  expect(await isUntouched(target.url)).toBe(true)
})

test('a backup of an older version is restored as it was, and then migrated', async () => {
  const older = await emptyDatabase()
  const all = await migrationsIn(migrationsDirectory)
  const first = join(directory, 'migrations')
  await cp(migrationsDirectory, first, { recursive: true })
  for (const { name } of all.slice(2)) await rm(join(first, name), { recursive: true })
  await migrate(older.url, { directory: first })
  await onServer(older.url, (client) =>
    client.query(`INSERT INTO taskwire.task (user_id, title) VALUES ('ann', 'old')`),
  )
  await restoreInto(target.url, await backUp({ url: older.url }))
  await older.drop()
  expect(await migrate(target.url)).toEqual([])
  await onServer(target.url, async (client) => {
    const { rows } = await client.query('SELECT title, tags, version FROM taskwire.task')
    expect(rows).toEqual([{ title: 'old', tags: [], version: 1 }])
  })
})

test('a failure before the end of a restore leaves what was there', async () => {
  await migrate(target.url)
  const failing = restoreInto(target.url, await backUp(), () =>
    Promise.reject(new Error('the secret cannot be written')),
  )
  await expect(failing).rejects.toThrow('the secret cannot be written')
  expect(await migrate(target.url)).toEqual([])
  await onServer(target.url, async (client) => {
    expect((await client.query('SELECT FROM taskwire.task')).rowCount).toBe(0)
    await client.query(`INSERT INTO taskwire.task (user_id, title) VALUES ('ann', 'x')`)
    expect((await client.query('SELECT FROM taskwire.change')).rowCount).toBe(1)
  })
})

test('a database without our tables cannot be backed up', async () => {
  await expect(openBackup(target.url, options)).rejects.toThrow('there is nothing to back up')
})

test('a file is readable by its owner only, and replaces another only when that is asked for', async () => {
  const file = await backUp()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  await writeFile(file, 'precious')
  await expect(backUp({ file })).rejects.toThrow(`${file} exists: choose another name, or replace it with --force`)
  expect(await readFile(file, 'utf8')).toBe('precious')
  const { archive, close } = await openBackup(source.url, options)
  await writeNewFile(file, archive, { force: true, signal })
  await close()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  await expect(backUp({ file: join(directory, 'missing', 'file') })).rejects.toThrow(
    `there is no directory ${directory}/missing`,
  )
  await expect(backUp({ file: directory })).rejects.toThrow('it is a directory')
})

test('a backup that is stopped leaves no file', async () => {
  const stopped = new AbortController()
  const backup = await openBackup(source.url, options)
  async function* someParts() {
    for await (const part of backup.archive) {
      yield part
      stopped.abort()
    }
  }
  await expect(
    writeNewFile(join(directory, 'file'), someParts(), { force: false, signal: stopped.signal }),
  ).rejects.toThrow('aborted')
  await backup.close()
  expect(await readdir(directory)).toEqual([])
})
