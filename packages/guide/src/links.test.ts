import { expect, test } from 'vitest'
import { anchors } from './anchors.ts'
import { escaped } from './html.ts'
import { isOutside, linksOf, targetOf } from './links.ts'

const home = { file: 'docs/guide/README.md', path: '' }
const rest = { file: 'docs/guide/rest.md', path: 'start/rest' }
const example = { file: 'examples/python/README.md', path: 'examples/python' }
const { resolve } = linksOf([home, rest, example], '/docs/guide')

test.each([
  ['rest.md', '/docs/guide/start/rest'],
  ['./rest.md#errors', '/docs/guide/start/rest#errors'],
  ['README.md', '/docs/guide/'],
  ['../../examples/python', '/docs/guide/examples/python'],
  ['../../examples/python/', '/docs/guide/examples/python'],
  ['../../examples', '/docs/guide/examples/python'],
  ['../../examples/python/app%20one.py', '/docs/guide/files/examples/python/app%20one.py'],
  ['https://example.com/rest.md', 'https://example.com/rest.md'],
  ['mailto:ann@example.com', 'mailto:ann@example.com'],
  ['/docs', '/docs'],
  ['#errors', '#errors'],
])('%s on the first page leads to %s', (href, address) => {
  expect(resolve(home, href)).toBe(address)
})

test('a folder is not one whose name only begins like it', () => {
  expect(resolve(home, '../../examples/pyth')).toBe('/docs/guide/files/examples/pyth')
})

test('a link out of the repository stays one', () => {
  expect(targetOf(home, '../../../secret')).toEqual({ file: '../secret', hash: '' })
  expect(isOutside('../secret')).toBe(false)
})

test('a heading has a name of its own, also when it looks like the number of another', () => {
  const nameOf = anchors()
  expect(['A b', 'A b', 'A b 1', 'A b', 'Ä_ö-1!'].map(nameOf)).toEqual(['a-b', 'a-b-1', 'a-b-1-1', 'a-b-2', 'ä_ö-1'])
})

test('text in HTML has no character that would be read as markup', () => {
  expect(escaped(`<a href="x">'&'</a>`)).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;&#39;&#60;/a&#62;')
})
