import { useState } from 'react'
import { Button } from '../design/button.tsx'

export function CopyButton({ text, name }: { readonly text: string; readonly name: string }) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready')
  // Pages on plain http have no clipboard: the promise must then reject, not the click throw.
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
        {state === 'copied' && `The ${name} is copied`}
      </span>
      {state === 'failed' && <span className="problem">Select it and copy it by hand.</span>}
    </>
  )
}
