import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createTaskwireClient } from '@taskwire/client'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { Tasks } from './tasks.tsx'

const url = import.meta.env['VITE_TASKWIRE_URL'] ?? 'http://127.0.0.1:8000'
const queryClient = new QueryClient()

function App() {
  const [token, setToken] = useState(sessionStorage.getItem('token') ?? '')
  const [taskwire] = useState(() =>
    createTaskwireClient({ url, token: async () => sessionStorage.getItem('token') ?? '' }),
  )
  if (token !== '') return <Tasks taskwire={taskwire} />
  return (
    <form
      action={(form) => {
        const key = String(form.get('key'))
        sessionStorage.setItem('token', key)
        setToken(key)
      }}
    >
      <input name="key" type="password" aria-label="API key" required />
      <button>Sign in</button>
    </form>
  )
}

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  )
}
