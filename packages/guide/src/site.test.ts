import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readMarkdown } from './markdown.ts'
import { openSite, type SiteFile } from './site.ts'

const root = join(import.meta.dirname, '../../..')
const BASE = '/docs/guide'
const site = openSite({ root, base: BASE })
const paths = await site.paths()
const files = new Map(await Promise.all(paths.map(async (path) => [path, await site.file(path)] as const)))
const pages = [...files].filter(([, file]) => isPage(file)).map(([path, file]) => ({ path, html: htmlOf(file) }))

/** What the server has besides the guide. */
const ROUTES = ['/', '/docs', '/openapi.json']

function isPage(file: SiteFile | undefined): boolean {
  return file?.type.startsWith('text/html') ?? false
}

function htmlOf(file: SiteFile | undefined): string {
  return file?.content.toString() ?? ''
}

const anchors = new Map(pages.map(({ path, html }) => [path, new Set(idsIn(html))]))

function idsIn(html: string): string[] {
  return [...html.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => unescaped(id))
}

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replaceAll('&amp;', '&')
}

/** Why a link of a page leads nowhere. */
function problemOf(from: string, href: string): string | undefined {
  const [address = '', hash] = href.split('#')
  if (/^[a-z]+:/.test(address) || ROUTES.includes(address)) return undefined
  const path = address === '' ? from : decodeURI(address.slice(BASE.length)).replace(/^\/|\/$/g, '')
  const target = address === '' || address.startsWith(BASE) ? files.get(path) : undefined
  if (target === undefined) return `${from}: ${href} does not exist`
  if (hash === undefined || !isPage(target) || anchors.get(path)?.has(decodeURI(hash))) return undefined
  return `${from}: ${href} names a heading that does not exist`
}

test('no page has a dead link, a missing heading or a missing picture', () => {
  const problems = pages.flatMap(({ path, html }) =>
    [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, href = '']) => problemOf(path, unescaped(href))),
  )
  expect(problems.length).toBeGreaterThan(1000)
  expect(problems.filter((problem) => problem !== undefined)).toEqual([])
})

test('every Markdown file of docs and every decision is a page, and each page has a heading of its own', () => {
  const published = new Set(pages.map(({ path }) => path))
  const titles = pages.map(({ html }) => /<title>([^<]*)/.exec(html)?.[1])
  expect(titles.filter((title) => title === '' || title?.startsWith(' '))).toEqual([])
  expect(new Set(titles).size).toBe(pages.length)
  const decisions = readdirSync(join(root, 'docs/decisions')).filter((name) => name.endsWith('.md'))
  for (const name of decisions) expect(published).toContain(`decisions/${name.replace('.md', '')}`)
  // A page of docs that is missing here has no place in contents.ts.
  expect(paths.filter((path) => /^files\/docs\/[^/]+\.md$/.test(path))).toEqual([])
})

test('a page has one main heading, no inline script or style, and no address of another site but in links', () => {
  for (const { path, html } of pages) {
    expect(html.match(/<h1/g), path).toHaveLength(1)
    expect(html, path).not.toMatch(/<script(?![^>]* src="\/docs\/guide\/)|<style| style="| on[a-z]+="|src="https?:/)
    const ids = idsIn(html)
    expect(new Set(ids).size, path).toBe(ids.length)
  }
})

test('files that no page links to are not published', async () => {
  expect(existsSync(join(root, 'package.json'))).toBe(true)
  for (const path of [
    'files/package.json',
    'files/../package.json',
    'files/pnpm-lock.yaml',
    'package.json',
    'files/',
  ]) {
    expect(await site.file(path), path).toBeUndefined()
  }
  expect(await site.file('files/docs/sync/client.py')).toMatchObject({ type: 'text/plain; charset=utf-8' })
})

test('the search has the text of every page, each passage under an address of its own', async () => {
  const passages: { id: string; text: string }[] = JSON.parse(htmlOf(await site.file('passages.json')))
  expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length)
  expect(passages.find(({ id }) => id === '/docs/guide/reference/errors#version_mismatch')?.text).toContain('412')
  expect(passages.find(({ id }) => id === '/docs/guide/how-to/webhooks#receive')?.text).toContain('reminder.due')
  for (const { path } of pages) {
    const address = path === '' ? `${BASE}/#` : `${BASE}/${path}#`
    expect(
      passages.some(({ id }) => id.startsWith(address)),
      path,
    ).toBe(true)
  }
})

test('headings are named as on GitHub, also when they have code, repeat or have other letters', () => {
  const { html } = readMarkdown(
    '# A `b` & c_d: é!\n\n## Same\n\n## Same 1\n\n## Same\n\n## Same\n\n[x](y.md)',
    (href) => `/to/${href}`,
  )
  expect(idsIn(html)).toEqual(['a-b--c_d-é', 'same', 'same-1', 'same-2', 'same-3'])
  expect(html).toContain('<a href="/to/y.md">x</a>')
})

test('code is shown as it is written', () => {
  const { html } = readMarkdown('# T\n\n```sh example\necho "<b>" && x\n```', (href) => href)
  expect(html).toContain('data-language="sh"')
  expect(unescaped(html)).toContain('echo "<b>" && x')
  expect(html).not.toContain('<b>')
})
