import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { t, type Texts } from '../texts/texts.ts'

export function CopyButton({ text, name }: { readonly text: string; readonly name: keyof Texts['keys']['copyOf'] }) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready')
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
    } catch {
      // Pages on plain http have no clipboard at all.
      setState('failed')
    }
  }
  return (
    <>
      <Button aria-label={t.keys.copyOf[name]} onClick={() => void copy()}>
        {state === 'copied' ? t.keys.copied : t.keys.copy}
      </Button>
      <span className="hidden" role="status">
        {state === 'copied' && t.keys.copiedOf[name]}
      </span>
      {state === 'failed' && <span className="problem">{t.keys.copyFailed}</span>}
    </>
  )
}
