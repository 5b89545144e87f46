'use client'
import { useEffect, useState, type ReactNode } from 'react'
import { getToken, setToken } from './token'

/** Shows its children to those who have given an API key. */
export function SignIn({ children }: { readonly children: ReactNode }) {
  const [isSignedIn, setSignedIn] = useState(false)
  useEffect(() => setSignedIn(getToken() !== ''), [])
  if (isSignedIn) return children
  return (
    <form
      action={(form) => {
        setToken(String(form.get('key')))
        setSignedIn(true)
      }}
    >
      <input name="key" type="password" aria-label="API key" required />
      <button>Sign in</button>
    </form>
  )
}
