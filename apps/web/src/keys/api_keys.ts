import type { Auth } from '../session/session.ts'
import { startText } from '../texts/start_texts.ts'
import { t } from '../texts/texts.ts'

export type Scope = 'read' | 'write'

export interface ApiKey {
  readonly id: string
  readonly name: string
  /** The first characters, to tell keys apart. */
  readonly start: string
  readonly scope: Scope
  readonly expires_at: string | null
}

interface NewKeyRequest {
  readonly name: string
  readonly scope: Scope
  readonly days: number
}

/** The answer to a call that did not arrive. */
const unreachable = { data: null, error: { message: undefined } }

/** The API keys of the signed-in user. A `problem` is a sentence for the user. */
export const ApiKeys = {
  async list(auth: Auth): Promise<{ keys: ApiKey[]; problem: string | null }> {
    const { data, error } = await auth.apiKey.list({}).catch(() => unreachable)
    if (data === null) return { keys: [], problem: error.message ?? startText.problems.unreachable }
    const keys = data.apiKeys.map(({ id, name, start, configId, expiresAt }) => ({
      id,
      name: name ?? t.keys.unnamed,
      start: start ?? '',
      scope: configId === 'write' ? ('write' as const) : ('read' as const),
      expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    }))
    return { keys, problem: null }
  },

  async create(
    auth: Auth,
    { name, scope, days }: NewKeyRequest,
  ): Promise<{ key: string | null; problem: string | null }> {
    const { data, error } = await auth.apiKey
      .create({ name, configId: scope, expiresIn: days * 86_400 })
      .catch(() => unreachable)
    return data === null
      ? { key: null, problem: error.message ?? startText.problems.unreachable }
      : { key: data.key, problem: null }
  },

  async revoke(auth: Auth, { id, scope }: ApiKey): Promise<string | null> {
    const { error } = await auth.apiKey.delete({ keyId: id, configId: scope }).catch(() => unreachable)
    return error === null ? null : (error.message ?? startText.problems.unreachable)
  },
}
