import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { exactTime } from '../time.ts'
import type { ApiKey } from './api_keys.ts'

/** A stored key: its first characters, access and expiry. Revoking asks for confirmation. */
export function KeyRow({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: () => void }) {
  const [isConfirming, setIsConfirming] = useState(false)
  const { name, start, scope, expires_at } = apiKey
  return (
    <li className="key">
      <div className="key-text">
        <strong>{name}</strong>
        <span className="quiet">
          <code>{start}…</code> Access: {scope === 'write' ? 'read and write' : 'read only'}
          {expires_at !== null &&
            `, ${Date.parse(expires_at) > Date.now() ? 'expires' : 'expired'} ${exactTime(expires_at)}`}
        </span>
      </div>
      {isConfirming ? (
        <Button
          look="danger"
          autoFocus
          aria-label={`Confirm revoking ${name}`}
          onClick={onRevoke}
          onBlur={() => setIsConfirming(false)}
        >
          Confirm
        </Button>
      ) : (
        <Button aria-label={`Revoke ${name}`} onClick={() => setIsConfirming(true)}>
          Revoke
        </Button>
      )}
    </li>
  )
}
