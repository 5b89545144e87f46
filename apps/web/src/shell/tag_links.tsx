import { useId } from 'react'
import type { ViewCounts } from '../views/counts.ts'
import { hrefOf, type Route } from './route.ts'
import { t } from '../texts/texts.ts'
import { numberText } from '../texts/number_text.ts'

interface TagLinksProps {
  readonly counts: ViewCounts
  readonly route: Route
}

/** A link to the tasks of each tag in use, the most used first. */
export function TagLinks({ counts, route }: TagLinksProps) {
  const id = useId()
  const shown = route.view === 'tag' ? route.tag : undefined
  const isKnown = shown === undefined || counts.tags.some(({ tag }) => tag === shown)
  const tags = isKnown ? counts.tags : [...counts.tags, { tag: shown, pending: 0 }]
  if (tags.length === 0) return null
  return (
    <nav className="tag-links" aria-labelledby={id}>
      <h2 className="tag-links-title" id={id}>
        {t.shell.tags}
      </h2>
      {tags.map(({ tag, pending }) => (
        <a
          key={tag}
          className="view-link"
          href={hrefOf({ view: 'tag', tag })}
          aria-current={tag === shown ? 'page' : undefined}
        >
          <span className="tag-sign" aria-hidden="true">
            #
          </span>
          <span className="tag-name">{tag}</span>
          <span className="count" data-none={pending === 0 || undefined}>
            {numberText(pending)}
          </span>
        </a>
      ))}
    </nav>
  )
}
