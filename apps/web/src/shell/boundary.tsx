import { Component, type ReactNode } from 'react'

interface BoundaryProps {
  /** Shown in place of the children once one of them has failed. */
  readonly fallback?: ReactNode
  readonly onFailed?: () => void
  readonly children: ReactNode
}

/** Keeps a failure to show its children from taking the rest of the page away. */
export class Boundary extends Component<BoundaryProps, { readonly hasFailed: boolean }> {
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
