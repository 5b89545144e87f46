import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { exactly } from '../time.ts'
import type { ApiKey } from './api_keys.ts'

/** A key as it can still be shown: how it begins, what it may, how long. Revoking asks once more. */
export function KeyRow({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: () => void }) {
  const [isAsking, setIsAsking] = useState(false)
  const { name, start, scope, expires_at } = apiKey
  return (
    <li className="key">
      <div className="key-words">
        <strong>{name}</strong>
        <span className="quiet">
          <code>{start}…</code> {scope === 'write' ? 'reads and changes' : 'reads only'}
          {expires_at !== null &&
            `, ${Date.parse(expires_at) > Date.now() ? 'until' : 'expired'} ${exactly(expires_at)}`}
        </span>
      </div>
      {isAsking ? (
        <Button
          look="danger"
          autoFocus
          aria-label={`Really revoke ${name}`}
          onClick={onRevoke}
          onBlur={() => setIsAsking(false)}
        >
          Really?
        </Button>
      ) : (
        <Button aria-label={`Revoke ${name}`} onClick={() => setIsAsking(true)}>
          Revoke
        </Button>
      )}
    </li>
  )
}
