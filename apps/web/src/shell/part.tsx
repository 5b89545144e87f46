import { Component, Suspense, type ReactNode } from 'react'
import { useWorkspace } from '../workspace.ts'

interface PartProps {
  /** What stands in its place when it cannot be shown. */
  readonly instead?: ReactNode
  readonly onFailed?: () => void
  readonly children: ReactNode
}

/** A part of the app that is loaded when it is asked for. Where that fails it says so, and all the rest stays. */
export function Part({ instead, onFailed, children }: PartProps) {
  const { tell } = useWorkspace()
  const failed = () => {
    tell('This could not be shown', 'Reload the page to try again. Nothing is lost.', 'high')
    onFailed?.()
  }
  return (
    <Boundary instead={instead} onFailed={failed}>
      <Suspense fallback={null}>{children}</Suspense>
    </Boundary>
  )
}

class Boundary extends Component<PartProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true }
  }

  override componentDidCatch(): void {
    this.props.onFailed?.()
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children
  }
}
