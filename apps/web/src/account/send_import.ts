import type { RouterInputs, RouterOutputs } from '@taskwire/client'
import { t } from '../texts/texts.ts'
import type { Workspace } from '../workspace.ts'

export type ImportSource = RouterInputs['transfer']['import']['source']
export type ImportReport = RouterOutputs['transfer']['import']

interface ImportRequest {
  readonly source: ImportSource
  readonly file: File
  readonly isDryRun: boolean
}

/** Sends a file as it is, whatever its encoding. A file may be larger than a call of tRPC. Rejects with a sentence. */
export async function sendImport(
  { session, user }: Pick<Workspace, 'session' | 'user'>,
  { source, file, isDryRun }: ImportRequest,
): Promise<ImportReport> {
  const query = `source=${source}${isDryRun ? '&dry_run=true' : ''}`
  const path = `/api/${encodeURIComponent(user.id)}/import?${query}`
  const answer = await session
    .token(user.id)
    .then((token) => post({ path, file, token }))
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

async function post({ path, file, token }: Upload): Promise<{ readonly status: number; readonly body: unknown }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' }
  const response = await fetch(path, { method: 'POST', headers, body: file })
  return { status: response.status, body: await response.json() }
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
