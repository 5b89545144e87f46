import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App, preloadApp } from './app.tsx'
import { createSession, hasStoredUser } from './session/session.ts'
import { applyTheme } from './shell/preference.ts'
import { loadStartTexts } from './texts/start_texts.ts'

applyTheme()
if (hasStoredUser()) preloadApp()
const session = createSession()
// Where the texts of a language cannot be loaded, the page is in English.
void loadStartTexts()
  .catch(() => {})
  .finally(render)

function render(): void {
  const container = document.getElementById('app')
  if (container === null) throw new Error('index.html has no #app')
  createRoot(container).render(
    <StrictMode>
      <App session={session} />
    </StrictMode>,
  )
}

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => {}))
}
