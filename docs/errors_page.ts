import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// The page of errors. It is made from the OpenAPI document, which the server makes from its table of errors.

interface ErrorFacts {
  readonly status: number
  readonly retry: 'safe' | 'later' | 'never'
  readonly about: 'token' | 'input' | 'state' | 'server'
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly 'x-taskwire-errors': Readonly<Record<string, ErrorFacts>>
}

const RETRY = {
  safe: 'Yes: the same request again, with its idempotency key, with growing pauses and not before `Retry-After`.',
  later:
    'Only after something else has changed: after `Retry-After` where there is one, else when the user asks for it.',
  never: 'No: the same request fails again.',
}

const ABOUT = {
  token: ['The token', 'Get another token, or let the user sign in again.'],
  input: ['The request', 'Change the request. A user sees these only if your program has let something through.'],
  state: ['What is stored', 'Read what is there now, and decide anew.'],
  server: ['The server', 'The caller has no part in these. The operator finds the request by its `request_id`.'],
} as const

/** The reference of all error codes as one page. */
export function errorsPage(): string {
  const document: OpenApi = JSON.parse(readFileSync(join(import.meta.dirname, 'openapi.json'), 'utf8'))
  const errors = Object.entries(document['x-taskwire-errors'])
  const { texts, routes, count } = responsesOf(document)
  const groups = (Object.keys(ABOUT) as (keyof typeof ABOUT)[]).flatMap((about) => {
    const [title, advice] = ABOUT[about]
    const own = errors.filter(([, facts]) => facts.about === about)
    return [`## ${title}`, advice, ...own.flatMap(([code, facts]) => sectionOf(code, facts))]
  })
  return `<!-- Written by pnpm docs:reference from the OpenAPI document. -->\n\n${[
    '# Errors',
    'Every error is JSON: `{"detail": ..., "code": ..., "request_id": ...}`. `code` is one of this page and is what a program ' +
      'branches on; `detail` is a sentence for people. tRPC carries the same code as `data.reason`, the client as ' +
      '`error.reason`, MCP in the structured part of the result.',
    ['| code | status | can a repeat help? |', '| --- | --- | --- |', ...errors.map(rowOf)].join('\n'),
    ...groups,
  ].join('\n\n')}\n`

  function sectionOf(code: string, { status, retry }: ErrorFacts): string[] {
    const text = texts.get(code)
    const own = routes.get(code) ?? []
    const where =
      own.length > 0 && own.length <= count / 3 ? [`Routes: ${own.map((one) => `\`${one}\``).join(', ')}`] : []
    const lines = [`Status ${status}${text === undefined ? '' : `, "${text}"`}`, `Repeat: ${RETRY[retry]}`, ...where]
    return [`### \`${code}\``, lines.map((line) => `- ${line}`).join('\n')]
  }
}

function rowOf([code, { status, retry }]: [string, ErrorFacts]): string {
  return `| [\`${code}\`](#${code}) | ${status} | ${retry} |`
}

/** The text of each code, and the routes that answer it. */
function responsesOf({ paths }: OpenApi) {
  const texts = new Map<string, string>()
  const routes = new Map<string, string[]>()
  let count = 0
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!['get', 'post', 'put', 'patch', 'delete'].includes(method)) continue
      count++
      const { responses = {} } = operation as { responses?: Record<string, { description?: string }> }
      for (const { description = '' } of Object.values(responses)) {
        for (const [, code = '', text = ''] of description.matchAll(/^`(\w+)`: (.*)$/gm)) {
          texts.set(code, text)
          routes.set(code, [...(routes.get(code) ?? []), `${method.toUpperCase()} ${path}`])
        }
      }
    }
  }
  return { texts, routes, count }
}
