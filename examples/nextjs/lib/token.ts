const NAME = 'taskwire-token'

/** The token of the session; empty before the user has signed in. */
export function getToken(): string {
  return sessionStorage.getItem(NAME) ?? ''
}

export function setToken(token: string): void {
  sessionStorage.setItem(NAME, token)
}
