import type { AuthCall } from '../session/auth_call.ts'
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

/** A key as the server knows it. */
interface StoredKey {
  readonly id: string
  readonly name: string | null
  readonly start: string | null
  readonly configId: string
  readonly expiresAt: string | null
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
  async list(call: AuthCall): Promise<{ keys: ApiKey[]; problem: string | null }> {
    const { data, error } = await call<{ apiKeys: StoredKey[] }>('/api-key/list').catch(() => unreachable)
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
    call: AuthCall,
    { name, scope, days }: NewKeyRequest,
  ): Promise<{ key: string | null; problem: string | null }> {
    const { data, error } = await call<{ key: string }>('/api-key/create', {
      name,
      configId: scope,
      expiresIn: days * 86_400,
    }).catch(() => unreachable)
    return data === null
      ? { key: null, problem: error.message ?? startText.problems.unreachable }
      : { key: data.key, problem: null }
  },

  async revoke(call: AuthCall, { id, scope }: ApiKey): Promise<string | null> {
    const { error } = await call('/api-key/delete', { keyId: id, configId: scope }).catch(() => unreachable)
    return error === null ? null : (error.message ?? startText.problems.unreachable)
  },
}
