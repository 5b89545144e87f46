import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { openTemporaryDirectory, packDirectory, unpackDirectory } from './archive.ts'
import { trimLog, withDatabase } from './cluster.ts'
import { keyIdOf, sender, type Credential, type Exchange, type Send } from './exchange.ts'
import { fill, leaveUnanswered, OUTSIDE, toolResponse, type Kept } from './fill.ts'
import * as probe from './probe.ts'
import { recordingText, type RecordedCaller, type Recording } from './recording.ts'
import { rest, type Caller } from './requests.ts'
import { startServer } from './server_process.ts'

// Records a data directory as a checkout of some version writes it, and the responses of that version:
//
//     node apps/server/testing/compatibility/record.ts CHECKOUT
//
// CHECKOUT is a clone at the version to record, set up by `npm start`. The responses are those of the version on
// an unpacked copy of the archive, so the archive is known to open with the version that wrote it.

interface Sealed extends Kept {
  readonly sealed_at: string
}

/** Nothing listens there, so the model is unreachable. */
const NO_MODEL = { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', OPENAI_MODEL: 'none' }

async function record(checkout: string): Promise<void> {
  const version = execFileSync('git', ['-C', checkout, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const directory = join(import.meta.dirname, 'recorded', version)
  mkdirSync(directory, { recursive: true })
  const archive = join(directory, 'data.tar.zst')
  const kept = await writeArchive(checkout, archive)
  const recording = await answersAbout(checkout, archive, { ...kept, version })
  writeFileSync(join(directory, 'answers.json'), recordingText(recording))
}

async function writeArchive(checkout: string, archive: string): Promise<Sealed> {
  const dataDir = join(await openTemporaryDirectory(), 'data')
  const credentials: Record<string, Credential> = {}
  const filled = await onServer(checkout, { dataDir, credentials }, (send) =>
    fill({
      send,
      credentials,
      sql: (statement, values) => withDatabase(dataDir, (pool) => pool.query(statement, values)),
    }),
  )
  const unanswered = await onServer(checkout, { dataDir, credentials, settings: NO_MODEL }, (send) =>
    leaveUnanswered(send, filled),
  )
  const sealed_at = new Date().toISOString()
  await trimLog(dataDir)
  packDirectory(dataDir, archive)
  rmSync(dirname(dataDir), { recursive: true })
  return { ...filled, credentials, unanswered, sealed_at }
}

interface Opened {
  readonly dataDir: string
  readonly credentials: Record<string, Credential>
  readonly settings?: Record<string, string>
}

async function onServer<T>(
  checkout: string,
  { dataDir, credentials, settings }: Opened,
  work: (send: Send) => Promise<T>,
): Promise<T> {
  const server = await startServer(checkout, dataDir, settings)
  try {
    const secret = readFileSync(join(dataDir, 'secret'), 'utf8').trim()
    return await work(sender({ url: server.url, secret, credentials }))
  } finally {
    await server.stop()
  }
}

async function answersAbout(checkout: string, archive: string, kept: Sealed & { version: string }): Promise<Recording> {
  const dataDir = await unpackDirectory(archive)
  const { version, sealed_at, credentials } = kept
  const recording = await onServer(checkout, { dataDir, credentials }, async (send) => {
    const callers = await callersOf(send, kept)
    const [ann, ben, outside] = callers
    if (ann === undefined || ben === undefined || outside === undefined) throw new Error('three callers are recorded')
    const reads = await probe.readEverything(send, callers)
    const sign_in = await probe.signInEverywhere(send, kept.people)
    const retries = await repeated(send, kept.retries)
    const reused_keys = await reusedKeys(send, ann)
    const resumed = await probe.resumeConversations(send, ben, kept)
    const undos = [await probe.undoLatest(send, outside)]
    for (const caller of [ann, outside]) undos.push(...(await probe.undoEverything(send, caller, caller.last_seq)))
    const effects = [...(await probe.readEffects(send, ann)), ...(await probe.readEffects(send, outside))]
    const signing_key = keyIdOf(await send({ as: ann.as, method: 'GET', path: '/api/auth/token' }))
    const answered_at = new Date().toISOString()
    const known = { version, sealed_at, answered_at, credentials, callers, signing_key }
    return { ...known, reads, sign_in, retries, reused_keys, resumed, undos, effects }
  })
  rmSync(dirname(dataDir), { recursive: true })
  return recording
}

async function callersOf(send: Send, { people, credentials }: Kept): Promise<RecordedCaller[]> {
  const outside = credentials[OUTSIDE]
  const callers: Caller[] = people.map(({ name, user_id }) => ({ as: name, user_id }))
  if (outside !== undefined && 'subject' in outside) callers.push({ as: OUTSIDE, user_id: outside.subject })
  const recorded: RecordedCaller[] = []
  for (const caller of callers) {
    const { body } = await send(rest(caller, 'GET /changes'))
    recorded.push({ ...caller, last_seq: (body as { next: number }).next })
  }
  return recorded
}

/** Checks that a retry gets the response of the first request, and returns the exchanges unchanged. */
async function repeated(send: Send, retries: readonly Exchange[]): Promise<readonly Exchange[]> {
  for (const { title, request, answer } of retries) {
    const again = await send(request)
    const comparable = request.path === '/mcp' ? toolResponse(again) : again
    if (!isDeepStrictEqual(json(comparable), json(answer))) {
      throw new Error(`${title}: ${JSON.stringify(answer)} is repeated as ${JSON.stringify(comparable)}`)
    }
  }
  return retries
}

/** The value after a round trip through JSON. */
function json(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

async function reusedKeys(send: Send, caller: Caller): Promise<Exchange[]> {
  const requests = [
    rest(caller, 'POST /tasks', { body: { title: 'Another request' }, key: 'rest-create' }),
    rest(caller, 'POST /chat', { body: { message: 'Another request' }, key: 'chat-first' }),
  ]
  const exchanges: Exchange[] = []
  for (const request of requests) {
    const answer = probe.withoutRequestId(await send(request))
    exchanges.push({ title: `${request.path} with the key of another request`, request, answer })
  }
  return exchanges
}

const [checkout] = process.argv.slice(2)
if (checkout === undefined) throw new Error('usage: node apps/server/testing/compatibility/record.ts CHECKOUT')
await record(checkout)
