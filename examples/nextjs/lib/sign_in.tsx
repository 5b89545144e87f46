'use client'
import { useEffect, useState, type ReactNode } from 'react'
import { getToken, setToken } from './token'

/** Shows its children to those who have given an API key. */
export function SignIn({ children }: { readonly children: ReactNode }) {
  const [isSignedIn, setSignedIn] = useState(false)
  useEffect(() => setSignedIn(getToken() !== ''), [])
  function signIn(key: string) {
    setToken(key)
    setSignedIn(key !== '')
  }
  if (isSignedIn) {
    return (
      <>
        {children}
        <button onClick={() => signIn('')}>Sign out</button>
      </>
    )
  }
  return (
    <form action={(form) => signIn(String(form.get('key')))}>
      <input name="key" type="password" aria-label="API key" required />
      <button>Sign in</button>
    </form>
  )
}
