import { Mark } from '../design/icon.tsx'
import { LanguageLinks } from './language_links.tsx'
import { startText } from '../texts/start_texts.ts'

/** Where the source is, by vite.config.ts; empty where package.json does not say. */
declare const SOURCE_URL: string

/** What this is, in a sentence and a picture, and where to read more. */
export function FirstVisit() {
  const { visit } = startText
  return (
    <header className="visit">
      <p className="brand">
        <Mark /> Taskwire
      </p>
      <p className="visit-lead">{visit.lead}</p>
      <p className="visit-text">{visit.text}</p>
      <Picture />
      <nav className="visit-links" aria-label={visit.links}>
        <a href="/docs/guide">{visit.guide}</a>
        <a href="/docs">{visit.docs}</a>
        <a href="/openapi.json">{visit.openapi}</a>
        {SOURCE_URL !== '' && <a href={SOURCE_URL}>{visit.source}</a>}
        <LanguageLinks />
      </nav>
    </header>
  )
}

/** One list of tasks, wired to a browser, a script and an agent. */
function Picture() {
  return (
    <svg className="visit-picture" viewBox="15 0 354 220" role="img" aria-label={startText.visit.picture}>
      <g className="visit-wires">
        <path d="M196 66c58 0 40-30 98-30" />
        <path d="M196 110h98" />
        <path d="M196 154c58 0 40 30 98 30" />
      </g>
      <rect className="visit-sheet" x="16" y="16" width="180" height="188" rx="14" />
      {[48, 84, 120, 156].map((y, index) => (
        <g key={y}>
          <circle className={index < 2 ? 'visit-done' : 'visit-open'} cx="44" cy={y + 8} r="9" />
          {index < 2 && <path className="visit-tick" d={`m39.5 ${y + 8.5} 3.2 3.2 6-6.6`} />}
          <path
            className={index < 2 ? 'visit-line visit-line-done' : 'visit-line'}
            d={`M66 ${y + 8}h${[96, 74, 104, 58][index] ?? 80}`}
          />
        </g>
      ))}
      <Client y={16}>
        <path d="M312 30h44M312 42h28" />
      </Client>
      <Client y={90}>
        <path d="m312 102 8 8-8 8M328 118h16" />
      </Client>
      <Client y={164}>
        <path d="M316 180h24a5 5 0 0 1 5 5v4a5 5 0 0 1-5 5h-14l-7 5v-5h-3a5 5 0 0 1-5-5v-4a5 5 0 0 1 5-5Z" />
      </Client>
      {[36, 110, 184].map((y) => (
        <circle key={y} className="visit-node" cx="294" cy={y} r="5" />
      ))}
    </svg>
  )
}

function Client({ y, children }: { readonly y: number; readonly children: React.ReactNode }) {
  return (
    <g className="visit-client">
      <rect className="visit-sheet" x="294" y={y} width="74" height="40" rx="10" />
      {children}
    </g>
  )
}
