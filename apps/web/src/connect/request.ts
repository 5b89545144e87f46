import { startText } from '../texts/start_texts.ts'

/** What an app asks the user for: the address of the consent page, as the server signed it. */
export interface ConnectRequest {
  /** The whole query, which the server checks. */
  readonly query: string
  readonly client_id: string
  /** Where the answer goes. */
  readonly destination: string
  readonly writes: boolean
  /** Whether the app stays connected while the user is away. */
  readonly stays: boolean
  /** Whether the app wants the user to sign in again. */
  readonly asksForSignIn: boolean
  /** Why the server has refused the request, if it has. */
  readonly error?: string
}

const PAGE = '#/connect'

/** The request in an address; undefined if it leads elsewhere. */
export function connectRequestOf({ hash, search }: Pick<Location, 'hash' | 'search'>): ConnectRequest | undefined {
  if (hash !== PAGE) return undefined
  const query = search.slice(1)
  const values = new URLSearchParams(query)
  const scopes = (values.get('scope') ?? '').split(' ')
  const error = values.get('error') ?? (values.has('client_id') ? undefined : 'invalid_request')
  return {
    query,
    client_id: values.get('client_id') ?? '',
    destination: destinationOf(values.get('redirect_uri') ?? ''),
    writes: scopes.includes('tasks:write'),
    stays: scopes.includes('offline_access'),
    asksForSignIn: (values.get('prompt') ?? '').split(' ').includes('login'),
    ...(error !== undefined && { error }),
  }
}

/** The scopes that the user grants of those that the app asked for. */
export function grantedScopes({ query }: ConnectRequest, mayWrite: boolean): string {
  const asked = (new URLSearchParams(query).get('scope') ?? '').split(' ')
  return asked.filter((scope) => mayWrite || scope !== 'tasks:write').join(' ')
}

/** Whether the app asked for reading too, so that the user can leave writing out. */
export function canOnlyRead({ query }: ConnectRequest): boolean {
  return (new URLSearchParams(query).get('scope') ?? '').split(' ').includes('tasks:read')
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function destinationOf(url: string): string {
  if (!URL.canParse(url)) return startText.connect.unknownAddress
  const { hostname, host, protocol } = new URL(url)
  if (LOOPBACK.has(hostname)) return startText.connect.thisComputer
  return protocol === 'https:' ? host : startText.connect.opensLinks(protocol)
}
