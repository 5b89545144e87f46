/** Where the server is, and the key of the user for whom the client acts; or what is wrong, one line each. */
export type Settings = { readonly url: string; readonly key: string } | { readonly problems: readonly string[] }

export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Settings {
  const url = env['TASKWIRE_URL']?.trim() ?? ''
  const key = env['TASKWIRE_API_KEY']?.trim() ?? ''
  const endpoint = endpointOf(url)
  const problems = [
    ...(endpoint === undefined
      ? ['TASKWIRE_URL must be set to the URL of a Taskwire, such as https://tasks.example.com']
      : []),
    ...(isHeaderText(key)
      ? []
      : ['TASKWIRE_API_KEY must be set to an API key: create one in the web app, under "API keys"']),
  ]
  return endpoint === undefined || problems.length > 0 ? { problems } : { url: endpoint, key }
}

/** The URL of `/mcp`, whether or not the given URL ends in it. */
function endpointOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, origin, pathname, username } = new URL(text)
  if (!/^https?:$/.test(protocol) || username !== '') return undefined
  return `${origin}${pathname.replace(/\/+$/, '').replace(/\/mcp$/, '')}/mcp`
}

function isHeaderText(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key)
}
