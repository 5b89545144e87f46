import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A page of the site: a Markdown file of the repository, and the path at which it is published. */
export interface Page {
  /** Relative to the root of the repository. */
  readonly file: string
  /** Below the site's base; empty for the first page. */
  readonly path: string
  /** In the navigation, where the heading of the page would be too long. */
  readonly label?: string
}

export interface Section {
  readonly title: string
  readonly pages: readonly Page[]
}

const guide: readonly Section[] = [
  {
    title: 'Start here',
    pages: [
      { file: 'docs/guide/README.md', path: '', label: 'What Taskwire is' },
      { file: 'docs/guide/front-end.md', path: 'start/front-end', label: 'For front ends' },
      { file: 'docs/guide/rest.md', path: 'start/rest', label: 'For REST callers' },
      { file: 'docs/guide/agent.md', path: 'start/agent', label: 'For agents' },
      { file: 'docs/guide/operator.md', path: 'start/operator', label: 'For operators' },
    ],
  },
  {
    title: 'Concepts',
    pages: [
      { file: 'docs/guide/log.md', path: 'concepts/log' },
      { file: 'docs/guide/versions.md', path: 'concepts/versions' },
      { file: 'docs/guide/keys.md', path: 'concepts/keys' },
      { file: 'docs/guide/undo.md', path: 'concepts/undo' },
      { file: 'docs/sync/README.md', path: 'concepts/sync', label: 'Sync' },
    ],
  },
  {
    title: 'How to',
    pages: [
      { file: 'docs/sign-in.md', path: 'how-to/sign-in' },
      { file: 'docs/connect.md', path: 'how-to/connect' },
      { file: 'docs/webhooks.md', path: 'how-to/webhooks' },
      { file: 'docs/reminders.md', path: 'how-to/reminders' },
      { file: 'docs/import-export.md', path: 'how-to/import-export' },
      { file: 'packages/react/README.md', path: 'how-to/react', label: 'React' },
      { file: 'packages/offline/README.md', path: 'how-to/offline', label: 'Work offline' },
      { file: 'packages/api/README.md', path: 'how-to/api', label: 'Your own tests and server' },
      { file: 'deploy/README.md', path: 'how-to/deploy', label: 'Run it as a service' },
    ],
  },
  {
    title: 'Examples',
    pages: [
      { file: 'examples/nextjs/README.md', path: 'examples/nextjs', label: 'Next.js' },
      { file: 'examples/vite-react/README.md', path: 'examples/vite-react', label: 'Vite and React' },
      { file: 'examples/python/README.md', path: 'examples/python', label: 'Python' },
      { file: 'examples/webhook-receiver/README.md', path: 'examples/webhook-receiver', label: 'Webhook receiver' },
      { file: 'examples/agent/README.md', path: 'examples/agent', label: 'Agent' },
      { file: 'examples/embed/README.md', path: 'examples/embed', label: 'Fastify, Express, Hono' },
    ],
  },
  {
    title: 'Coming from',
    pages: [
      { file: 'docs/guide/from-fastapi.md', path: 'from/fastapi', label: 'The FastAPI service' },
      { file: 'docs/guide/from-supabase.md', path: 'from/supabase', label: 'Supabase' },
      { file: 'docs/guide/from-todoist.md', path: 'from/todoist', label: "Todoist's API" },
    ],
  },
  {
    title: 'Reference',
    pages: [
      { file: 'docs/reference/errors.md', path: 'reference/errors', label: 'Errors' },
      { file: 'packages/client/README.md', path: 'reference/client', label: 'Client' },
      { file: 'docs/reference/client.md', path: 'reference/client-api' },
      { file: 'docs/reference/react.md', path: 'reference/react-api' },
      { file: 'docs/reference/offline.md', path: 'reference/offline-api' },
      { file: 'docs/reference/api.md', path: 'reference/api' },
      { file: 'packages/mcp/README.md', path: 'reference/mcp', label: '@taskwire/mcp' },
      { file: 'packages/assistant/README.md', path: 'reference/assistant', label: 'Offline assistant' },
    ],
  },
  {
    title: 'In production',
    pages: [
      { file: 'docs/upgrading.md', path: 'production/upgrading' },
      { file: 'docs/reliability.md', path: 'production/reliability' },
      { file: 'docs/scale.md', path: 'production/scale' },
      { file: 'docs/performance.md', path: 'production/performance' },
      { file: 'SECURITY.md', path: 'production/security' },
    ],
  },
  {
    title: 'The project',
    pages: [
      { file: 'README.md', path: 'project/readme', label: 'README' },
      { file: 'CONTRIBUTING.md', path: 'project/contributing' },
      { file: 'docs/tests.md', path: 'project/tests' },
      { file: 'CHANGELOG.md', path: 'project/changelog' },
    ],
  },
]

/** The sections of the site in the order of its navigation, the decisions last. */
export function contents(root: string): readonly Section[] {
  const decisions = readdirSync(join(root, 'docs/decisions'))
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => ({ file: `docs/decisions/${name}`, path: `decisions/${name.replace(/\.md$/, '')}` }))
  return [...guide, { title: 'Decisions', pages: decisions }]
}
