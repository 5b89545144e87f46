import { useEffect, type ReactNode } from 'react'
import { Mark } from '../design/icon.tsx'
import { FirstVisit } from './first_visit.tsx'

interface AuthCardProps {
  readonly title: string
  /** Whether it says what this is, for somebody who does not know. */
  readonly isFirstVisit?: boolean
  readonly children: ReactNode
}

/** A page for somebody who is not signed in. */
export function AuthCard({ title, isFirstVisit = false, children }: AuthCardProps) {
  useEffect(() => {
    document.title = `${title} · Taskwire`
  }, [title])
  return (
    <div className="auth" data-first-visit={isFirstVisit || undefined}>
      {isFirstVisit && <FirstVisit />}
      <main className="auth-card">
        {!isFirstVisit && (
          <p className="brand">
            <Mark /> Taskwire
          </p>
        )}
        <h1 className="auth-title">{title}</h1>
        {children}
      </main>
    </div>
  )
}
