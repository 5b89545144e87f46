/** The page of the web app that signs a user in and asks for consent, as the plugin is told: it appends the request. */
export const CONSENT_PAGE = '/#/connect'

/** The URL of that page for a request. The query comes before the fragment, where URL parsers look for it. */
export function consentPage(query: string): string {
  return `/?${query}#/connect`
}
