import type { Page, Section } from './contents.ts'
import { escaped } from './html.ts'
import { addressOf } from './links.ts'
import type { Document } from './markdown.ts'

export interface Layout {
  readonly base: string
  readonly sections: readonly Section[]
  /** The label of a page in the navigation. */
  readonly labelOf: (page: Page) => string
  /** The addresses of the style sheet and of the script. */
  readonly assets: { readonly style: string; readonly script: string }
}

/** A page with the navigation around it. Neither scripts nor styles are inline: the server's policy refuses them. */
export function pageHtml(layout: Layout, page: Page, document: Document): string {
  const { base, assets, labelOf } = layout
  const title = page.path === '' ? 'Taskwire guide' : `${labelOf(page)} · Taskwire guide`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${assets.style}">
<script type="module" src="${assets.script}"></script>
</head>
<body data-base="${escaped(base)}">
<a class="skip" href="#_main">Skip to the content</a>
<header>
<a class="brand" href="${base}/">Taskwire guide</a>
<form role="search"><input type="search" aria-label="Search the guide" placeholder="Search" autocomplete="off" hidden></form>
<a href="/docs">REST API</a>
<a href="/">App</a>
</header>
<section class="results" aria-label="Search results" aria-live="polite" hidden></section>
<div class="columns">
<nav aria-label="Pages">${layout.sections.map((section) => sectionHtml(layout, section, page)).join('\n')}</nav>
<main id="_main">
${document.html}${nextHtml(layout, page)}</main>
${headingsHtml(document)}
</div>
</body>
</html>
`
}

function sectionHtml({ base, labelOf }: Layout, { title, pages }: Section, current: Page): string {
  const items = pages.map((page) => {
    const mark = page === current ? ' aria-current="page"' : ''
    return `<li><a href="${addressOf(page, base)}"${mark}>${escaped(labelOf(page))}</a></li>`
  })
  // The decisions are many: their list opens on demand.
  const open = pages.length < 15 || pages.includes(current) ? ' open' : ''
  return `<details${open}><summary>${escaped(title)}</summary><ul>${items.join('')}</ul></details>`
}

function headingsHtml({ headings }: Document): string {
  const shown = headings.length > 40 ? headings.filter(({ depth }) => depth === 2) : headings
  if (shown.length < 2) return '<aside></aside>'
  const items = shown.map(
    ({ depth, anchor, title }) => `<li class="level-${depth}"><a href="#${escaped(anchor)}">${escaped(title)}</a></li>`,
  )
  return `<aside><nav aria-label="On this page"><ul>${items.join('')}</ul></nav></aside>`
}

function nextHtml({ base, sections, labelOf }: Layout, current: Page): string {
  const pages = sections.flatMap(({ pages }) => pages)
  const next = pages[pages.indexOf(current) + 1]
  if (next === undefined) return ''
  return `<p class="next"><a href="${addressOf(next, base)}">Next: ${escaped(labelOf(next))}</a></p>\n`
}
