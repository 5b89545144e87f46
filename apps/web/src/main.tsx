import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App, preloadApp } from './app.tsx'
import { createSession, hasStoredUser } from './session/session.ts'
import { applyTheme } from './shell/preference.ts'

applyTheme()
if (hasStoredUser()) preloadApp()
const container = document.getElementById('app')
if (container === null) throw new Error('index.html has no #app')
createRoot(container).render(
  <StrictMode>
    <App session={createSession()} />
  </StrictMode>,
)

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => {}))
}
