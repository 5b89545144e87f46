import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createTaskwireClient } from '@taskwire/client'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { Tasks } from './tasks.tsx'

const url = import.meta.env['VITE_TASKWIRE_URL'] ?? 'http://127.0.0.1:8000'

function App() {
  const [key, setKey] = useState(sessionStorage.getItem('key') ?? '')
  function signIn(given: string) {
    sessionStorage.setItem('key', given)
    setKey(given)
  }
  if (key !== '') return <SignedIn apiKey={key} onSignOut={() => signIn('')} />
  return (
    <form action={(form) => signIn(String(form.get('key')))}>
      <input name="key" type="password" aria-label="API key" required />
      <button>Sign in</button>
    </form>
  )
}

/** With a client and a cache of its own, so that the next user sees nothing of this one. */
function SignedIn({ apiKey, onSignOut }: { readonly apiKey: string; readonly onSignOut: () => void }) {
  const [queryClient] = useState(() => new QueryClient())
  const [taskwire] = useState(() => createTaskwireClient({ url, token: apiKey }))
  return (
    <QueryClientProvider client={queryClient}>
      <Tasks taskwire={taskwire} />
      <button onClick={onSignOut}>Sign out</button>
    </QueryClientProvider>
  )
}

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
