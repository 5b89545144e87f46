import { useState } from 'react'
import { Button } from '../design/button.tsx'

export function CopyButton({ text, name }: { readonly text: string; readonly name: string }) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready')
  // Pages on plain http have no clipboard. In an async function that rejects the promise instead of throwing.
  const copy = async () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    )
  return (
    <>
      <Button aria-label={`Copy the ${name}`} onClick={() => void copy()}>
        {state === 'copied' ? 'Copied' : 'Copy'}
      </Button>
      <span className="hidden" role="status">
        {state === 'copied' && `Copied the ${name}`}
      </span>
      {state === 'failed' && <span className="problem">Copying failed. Select the text and copy it.</span>}
    </>
  )
}
