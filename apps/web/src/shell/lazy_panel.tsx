import { Suspense, type ReactNode } from 'react'
import { useWorkspace } from '../workspace.ts'
import { t } from '../texts/texts.ts'
import { Boundary } from './boundary.tsx'

interface LazyPanelProps {
  /** Shown in place of the children if they cannot be loaded. */
  readonly fallback?: ReactNode
  readonly onFailed?: () => void
  readonly children: ReactNode
}

/** A part of the app that is loaded on demand. If that fails, a message says so and the rest of the app goes on. */
export function LazyPanel({ fallback, onFailed, children }: LazyPanelProps) {
  const { notify } = useWorkspace()
  const failed = () => {
    notify(t.shell.notLoaded, t.shell.reload, 'high')
    onFailed?.()
  }
  return (
    <Boundary fallback={fallback} onFailed={failed}>
      <Suspense fallback={null}>{children}</Suspense>
    </Boundary>
  )
}
