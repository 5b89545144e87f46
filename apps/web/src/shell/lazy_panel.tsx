import { Component, Suspense, type ReactNode } from 'react'
import { useWorkspace } from '../workspace.ts'

interface LazyPanelProps {
  /** What stands in its place when it cannot be shown. */
  readonly fallback?: ReactNode
  readonly onFailed?: () => void
  readonly children: ReactNode
}

/** A part of the app that is loaded when it is asked for. Where that fails it says so, and all the rest stays. */
export function LazyPanel({ fallback, onFailed, children }: LazyPanelProps) {
  const { notify } = useWorkspace()
  const failed = () => {
    notify('This could not be shown', 'Reload the page to try again. Nothing is lost.', 'high')
    onFailed?.()
  }
  return (
    <Boundary fallback={fallback} onFailed={failed}>
      <Suspense fallback={null}>{children}</Suspense>
    </Boundary>
  )
}

class Boundary extends Component<LazyPanelProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true }
  }

  override componentDidCatch(): void {
    this.props.onFailed?.()
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.fallback : this.props.children
  }
}
