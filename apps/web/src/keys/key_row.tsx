import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { exactTime } from '../time.ts'
import type { ApiKey } from './api_keys.ts'
import { t } from '../texts/texts.ts'

/** A stored key: its first characters, access and expiry. Revoking asks for confirmation. */
export function KeyRow({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: () => void }) {
  const [isConfirming, setIsConfirming] = useState(false)
  const { name, start, scope, expires_at } = apiKey
  return (
    <li className="key">
      <div className="key-text">
        <strong>{name}</strong>
        <span className="quiet">
          <code>{start}…</code> {scope === 'write' ? t.keys.accessWrite : t.keys.accessRead}
          {expires_at !== null &&
            `, ${(Date.parse(expires_at) > Date.now() ? t.keys.expires : t.keys.expired)(exactTime(expires_at))}`}
        </span>
      </div>
      {isConfirming ? (
        <Button
          look="danger"
          autoFocus
          aria-label={t.keys.confirmRevoking(name)}
          onClick={onRevoke}
          onBlur={() => setIsConfirming(false)}
        >
          {t.shell.confirm}
        </Button>
      ) : (
        <Button aria-label={t.keys.revokeKey(name)} onClick={() => setIsConfirming(true)}>
          {t.keys.revoke}
        </Button>
      )}
    </li>
  )
}
