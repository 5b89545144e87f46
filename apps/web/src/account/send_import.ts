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
  const response = await fetch(`/api/${encodeURIComponent(user.id)}/import?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await session.token()}`, 'content-type': 'application/octet-stream' },
    body: file,
  })
  const body: unknown = await response.json()
  if (isReport(body)) return body
  throw new Error(problemOf(body, response.status))
}

function isReport(body: unknown): body is ImportReport {
  return typeof body === 'object' && body !== null && 'rows' in body && 'created' in body
}

function problemOf(body: unknown, status: number): string {
  if (status === 413) return t.account.data.tooLarge
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : undefined
  return typeof detail === 'string' ? `${detail}.` : `${t.shell.somethingWrong}.`
}
