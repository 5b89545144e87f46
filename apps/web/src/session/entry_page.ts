export const entryPages = ['sign-in', 'sign-up', 'forgot-password', 'reset-password'] as const
export type EntryPage = (typeof entryPages)[number]

/** The page for somebody who is not signed in that an address names; undefined if it names another. */
export function entryPageOf(hash: string): EntryPage | undefined {
  const path = hash.replace(/^#\/?/, '').split('?', 1)[0]
  // Other apps have their form there.
  if (path === 'login') return 'sign-in'
  return path === 'signup' || path === 'register' ? 'sign-up' : entryPages.find((page) => page === path)
}

/** The one-time token of the link for a new password. */
export function resetTokenOf(hash: string): string {
  return new URLSearchParams(hash.split('?', 2)[1]).get('token') ?? ''
}

export function entryHref(page: EntryPage): string {
  return `#/${page}`
}
