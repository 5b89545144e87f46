import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { RouterInputs, RouterOutputs } from '@taskwire/client'
import { t } from '../texts/texts.ts'
import type { Workspace } from '../workspace.ts'

export type ImportSource = RouterInputs['transfer']['import']['source']
export type ImportReport = RouterOutputs['transfer']['import']

/** How many of its tasks an import has written. */
export interface ImportProgress {
  readonly written: number
  readonly total: number
}

interface ImportRequest {
  readonly source: ImportSource
  readonly file: File
  readonly isDryRun: boolean
  readonly onProgress: (progress: ImportProgress) => void
}

/** Sends a file as it is, whatever its encoding. A file may be larger than a call of tRPC. Rejects with a sentence. */
export async function sendImport(
  { session, user }: Pick<Workspace, 'session' | 'user'>,
  { source, file, isDryRun, onProgress }: ImportRequest,
): Promise<ImportReport> {
  const query = `source=${source}${isDryRun ? '&dry_run=true' : ''}`
  const path = `/api/${encodeURIComponent(user.id)}/import?${query}`
  const answer = await session
    .token(user.id)
    .then((token) => post({ path, file, token }))
    .then((response) => importOutcome(response, onProgress))
    .catch(() => undefined)
  if (answer === undefined) throw new Error(t.account.errors.unreachable)
  if (isReport(answer.body)) return answer.body
  throw new Error(importProblem(answer.body, answer.status))
}

interface Upload {
  readonly path: string
  readonly file: File
  readonly token: string
}

function post({ path, file, token }: Upload): Promise<Response> {
  const accept = 'text/event-stream, application/json'
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream', accept }
  return fetch(path, { method: 'POST', headers, body: file })
}

interface Outcome {
  readonly status: number
  readonly body: unknown
}

/** What came of an import: a refusal is JSON, the rest comes as events. Rejects when the connection is lost. */
export async function importOutcome(
  response: Response,
  onProgress: (progress: ImportProgress) => void,
): Promise<Outcome> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (!isStream || response.body === null) return { status: response.status, body: await response.json() }
  // Not `for await`: Safari's streams are not async iterables.
  const reader = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) throw new Error('the connection was lost before the report')
    if (value.event === 'result') return { status: response.status, body: JSON.parse(value.data) }
    if (value.event === 'error') return { status: 500, body: JSON.parse(value.data) }
    const progress: unknown = JSON.parse(value.data)
    if (value.event === 'progress' && isProgress(progress)) onProgress(progress)
  }
}

function isProgress(value: unknown): value is ImportProgress {
  return typeof value === 'object' && value !== null && 'written' in value && 'total' in value
}

function isReport(body: unknown): body is ImportReport {
  return typeof body === 'object' && body !== null && 'rows' in body && 'created' in body
}

/** Why a file was refused, as a sentence for the user. */
export function importProblem(body: unknown, status: number): string {
  if (status === 413) return t.account.data.tooLarge
  const { code, detail } = refusal(body)
  const known: Readonly<Record<string, string>> = t.account.errors
  const first: unknown = Array.isArray(detail) ? detail[0] : detail
  const text = typeof first === 'object' && first !== null && 'msg' in first ? first.msg : first
  return known[String(code)] ?? (typeof text === 'string' ? `${text}.` : `${t.shell.somethingWrong}.`)
}

function refusal(body: unknown): { readonly code?: unknown; readonly detail?: unknown } {
  return typeof body === 'object' && body !== null ? body : {}
}
