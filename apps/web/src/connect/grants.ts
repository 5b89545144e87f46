import type { AuthCall } from '../session/auth_call.ts'
import { startText } from '../texts/start_texts.ts'

/** An app that may act for the signed-in user. */
export interface ConnectedApp {
  /** The id of the consent. */
  readonly id: string
  readonly name: string
  readonly access: 'read' | 'write'
  readonly connected_at: string
}

const MAX_NAME_LENGTH = 60

/** The name that an app gave itself, which may be any text: without what could reorder or hide the text around it. */
export function shownName(name: string | undefined): string | undefined {
  const visible = name?.replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ').trim() ?? ''
  if (visible === '') return undefined
  // By code points: half of an emoji would show as a replacement character.
  const letters = Array.from(visible)
  return letters.length > MAX_NAME_LENGTH ? `${letters.slice(0, MAX_NAME_LENGTH).join('')}…` : visible
}

interface Consent {
  readonly id: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly createdAt: string
}

interface Decision {
  readonly accept: boolean
  readonly oauth_query: string
  readonly scope?: string
}

/** The answer to a call that did not arrive. */
const unreachable = { data: null, error: { message: undefined } }

/** What the signed-in user allows apps to do. A `problem` is a sentence for the user. */
export const Grants = {
  /** The name of the app that asks; undefined if it has none. Needs no session. */
  async askingApp(call: AuthCall, client_id: string, oauth_query: string): Promise<string | undefined> {
    const { data } = await call<{ client_name?: string }>('/oauth2/public-client-prelogin', { client_id, oauth_query })
    return shownName(data?.client_name)
  },

  /** Resolves to the URL that leads back to the app. */
  async decide(call: AuthCall, decision: Decision): Promise<{ url: string | null; problem: string | null }> {
    const { data, error } = await call<{ url: string }>('/oauth2/consent', decision).catch(() => ({
      data: null,
      error: { status: 0 },
    }))
    if (data !== null) return { url: data.url, problem: null }
    return { url: null, problem: error.status === 400 ? startText.connect.expired : startText.problems.unreachable }
  },

  async list(call: AuthCall): Promise<{ apps: ConnectedApp[]; problem: string | null }> {
    const { data, error } = await call<Consent[]>('/oauth2/get-consents').catch(() => unreachable)
    if (data === null) return { apps: [], problem: error.message ?? startText.problems.unreachable }
    const apps = data.map(async ({ id, clientId, scopes, createdAt }) => ({
      id,
      name: await nameOf(call, clientId),
      access: scopes.includes('tasks:write') ? ('write' as const) : ('read' as const),
      connected_at: createdAt,
    }))
    return { apps: await Promise.all(apps), problem: null }
  },

  async disconnect(call: AuthCall, { id }: ConnectedApp): Promise<string | null> {
    const { error } = await call('/oauth2/delete-consent', { id }).catch(() => unreachable)
    return error === null ? null : (error.message ?? startText.problems.unreachable)
  },
}

async function nameOf(call: AuthCall, client_id: string): Promise<string> {
  const { data } = await call<{ client_name?: string }>(
    `/oauth2/public-client?${new URLSearchParams({ client_id })}`,
  ).catch(() => unreachable)
  return shownName(data?.client_name) ?? (URL.canParse(client_id) ? new URL(client_id).host : startText.connect.unnamed)
}
