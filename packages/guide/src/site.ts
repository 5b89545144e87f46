import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { contents, type Page } from './contents.ts'
import { pageHtml, type Layout } from './layout.ts'
import { addressOf, isOutside, linksOf, targetOf } from './links.ts'
import { readMarkdown, type Document } from './markdown.ts'

/** One file of the site. */
export interface SiteFile {
  readonly type: string
  readonly content: Buffer
  /** Its name has a hash of its content, so that it may be kept for ever. */
  readonly isImmutable: boolean
}

export interface Site {
  /** The file at a path below the base; undefined if there is none. */
  readonly file: (path: string) => Promise<SiteFile | undefined>
  /** The paths of all files, those that pages link to included. */
  readonly paths: () => Promise<readonly string[]>
}

export interface SiteOptions {
  /** The repository. */
  readonly root: string
  /** The path below which the site is published, without a slash at its end. */
  readonly base: string
}

const assetsFolder = join(import.meta.dirname, '../assets')
const miniSearch = createRequire(import.meta.url).resolve('minisearch')
/** For browsers. A folder above the package may be called dist as well. */
const miniSearchModule = `${miniSearch.slice(0, miniSearch.lastIndexOf('/dist/'))}/dist/es/index.js`

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * The documentation as a site. A page is rendered when it is asked for, from the file as it was then: nothing has to be
 * built, and the site always belongs to the version that runs.
 */
export function openSite({ root, base }: SiteOptions): Site {
  const sections = contents(root)
  const pages = sections.flatMap(({ pages: own }) => own)
  const links = linksOf(pages, base)
  const documents = new Map<Page, Document>()
  const documentOf = (page: Page): Document => {
    const known = documents.get(page)
    if (known !== undefined) return known
    const text = readFileSync(join(root, page.file), 'utf8')
    const document = readMarkdown(text, (href) => links.resolve(page, href))
    documents.set(page, document)
    return document
  }
  const assets = openAssets(base)
  const layout: Layout = {
    base,
    sections,
    assets: { style: assets.addressOf('guide.css'), script: assets.addressOf('search.js') },
    labelOf: (page) => page.label ?? headingOf(readFileSync(join(root, page.file), 'utf8')),
  }
  const allDocuments = lazily(async () => {
    for (const page of pages) {
      documentOf(page)
      // A server has requests to answer in between.
      await setImmediate()
    }
  })
  const linked = lazily(async () => {
    await allDocuments()
    return linkedFiles(pages, (page) => documentOf(page).links, root)
  })
  const passages = lazily(async () => {
    await allDocuments()
    const content = Buffer.from(JSON.stringify(passagesOf(pages, documentOf, base)))
    return { type: TYPES['.json'] ?? '', content, isImmutable: false }
  })
  const pageAt = new Map(pages.map((page) => [page.path, page]))
  return {
    async file(path) {
      const page = pageAt.get(path)
      if (page !== undefined) {
        const content = Buffer.from(pageHtml(layout, page, documentOf(page)))
        return { type: 'text/html; charset=utf-8', content, isImmutable: false }
      }
      if (path === 'passages.json') return passages()
      if (path.startsWith('files/') && (await linked()).has(path.slice(6))) return repositoryFile(root, path.slice(6))
      return assets.file(path)
    },
    paths: async () => [
      ...pages.map(({ path }) => path),
      ...assets.paths,
      'passages.json',
      ...[...(await linked())].map((file) => `files/${file}`),
    ],
  }
}

/** The style sheet and the scripts, under names with a hash of their content. */
function openAssets(base: string) {
  const files = new Map<string, SiteFile>()
  const published = new Map<string, string>()
  const publish = (name: string, text: string) => {
    const extension = extname(name)
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 12)
    const path = `assets/${name.slice(0, -extension.length)}-${hash}${extension}`
    files.set(path, { type: TYPES[extension] ?? '', content: Buffer.from(text), isImmutable: true })
    published.set(name, `${base}/${path}`)
    return path
  }
  publish('guide.css', sourceOf('guide.css'))
  const engine = publish('minisearch.js', readFileSync(miniSearchModule, 'utf8'))
  publish('search.js', sourceOf('search.js').replace('./minisearch.js', `${base}/${engine}`))
  return {
    paths: [...files.keys()],
    file: (path: string) => files.get(path),
    addressOf: (name: string) => published.get(name) ?? '',
  }
}

function sourceOf(asset: string): string {
  return readFileSync(join(assetsFolder, asset), 'utf8')
}

/** The files that pages link to and that are no pages. Nothing else of the repository is published. */
function linkedFiles(pages: readonly Page[], linksIn: (page: Page) => readonly string[], root: string): Set<string> {
  const published = new Set(pages.map(({ file }) => file))
  const targets = pages.flatMap((page) =>
    linksIn(page)
      .filter((href) => !isOutside(href))
      .map((href) => targetOf(page, href).file),
  )
  return new Set(targets.filter((file) => !published.has(file) && repositoryFile(root, file) !== undefined))
}

function repositoryFile(root: string, file: string): SiteFile | undefined {
  if (file.startsWith('..')) return undefined
  try {
    const content = readFileSync(join(root, file))
    const extension = extname(file)
    // Sources are shown as they are written: a browser must not run them.
    const type = ['.jpg', '.svg', '.json'].includes(extension) ? TYPES[extension] : 'text/plain; charset=utf-8'
    return { type: type ?? '', content, isImmutable: false }
  } catch {
    return undefined
  }
}

/** What the search of the browser looks through. */
function passagesOf(pages: readonly Page[], documentOf: (page: Page) => Document, base: string) {
  return pages.flatMap((page) => {
    const document = documentOf(page)
    return document.passages.map(({ anchor, title, text }) => ({
      id: `${addressOf(page, base)}#${anchor}`,
      page: document.title,
      title,
      text,
    }))
  })
}

function headingOf(text: string): string {
  return (/^# (.+)$/m.exec(text)?.[1] ?? '').replace(/[`*]/g, '').replace(/\\(.)/g, '$1')
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
