import { posix } from 'node:path'
import type { Page } from './contents.ts'

/** Where the links of a page lead to on the site. */
export interface Links {
  /** The address on the site of what a page links to. */
  readonly resolve: (from: Page, href: string) => string
}

/** A link to a place that does not depend on the repository: another site, a route of the server, a heading of the page. */
export function isOutside(href: string): boolean {
  return /^([a-z]+:|\/|#)/i.test(href)
}

/** The file or folder of the repository that a relative link of a page names, and the heading in it. */
export function targetOf(from: Page, href: string): { readonly file: string; readonly hash: string } {
  const [path = '', hash] = href.split('#')
  const file = posix.join(posix.dirname(from.file), decodeURI(path)).replace(/\/$/, '')
  return { file, hash: hash === undefined ? '' : `#${hash}` }
}

/**
 * Links to Markdown files that are pages lead to the pages, and those to folders to the page of their README, or to the
 * first page in them. All other files of the repository are published as they are, below `files`.
 */
export function linksOf(pages: readonly Page[], base: string): Links {
  const byFile = new Map(pages.map((page) => [page.file, page]))
  return {
    resolve(from, href) {
      if (isOutside(href)) return href
      const { file, hash } = targetOf(from, href)
      const page =
        byFile.get(file) ?? byFile.get(`${file}/README.md`) ?? pages.find((page) => page.file.startsWith(`${file}/`))
      return page === undefined ? `${base}/files/${encodeURI(file)}` : `${addressOf(page, base)}${hash}`
    },
  }
}

export function addressOf({ path }: Page, base: string): string {
  return path === '' ? `${base}/` : `${base}/${path}`
}
