import { expect, test } from 'vitest'
import { html, plainText } from './mail.ts'

const mail = { to: 'ann@example.com', subject: 'Hello', paragraphs: ['First', 'Second', 'Third'] }
const link = { label: 'Open', url: 'https://tasks.example/?a=1&b=2' }

test('in plain text the link is on a line of its own, after the first paragraph', () => {
  expect(plainText({ ...mail, link })).toBe('First\n\nOpen:\nhttps://tasks.example/?a=1&b=2\n\nSecond\n\nThird\n')
  expect(plainText(mail)).toBe('First\n\nSecond\n\nThird\n')
})

test('in HTML the link can be followed and read, after the first paragraph', () => {
  const text = html({ ...mail, link })
  const url = 'https://tasks.example/?a=1&amp;b=2'
  const parts = ['<p>First</p>', `<a href="${url}">Open</a>`, `>${url}</p>`, '<p>Second</p>', '<p>Third</p>']
  expect(parts.map((part) => text.indexOf(part))).not.toContain(-1)
  expect(parts.map((part) => text.indexOf(part))).toEqual(
    parts.map((part) => text.indexOf(part)).toSorted((a, b) => a - b),
  )
  expect(html(mail)).not.toContain('<a ')
})

test('nothing in a mail becomes HTML but its lines', () => {
  const odd = `<img src="x"> & 'y'`
  const text = html({ ...mail, subject: odd, paragraphs: [`${odd}\nnext`], link: { label: odd, url: `x:"${odd}` } })
  expect(text).not.toContain('<img')
  expect(text).toContain('<title>&lt;img src=&quot;x&quot;&gt; &amp; ')
  expect(text).toContain(`&lt;img src=&quot;x&quot;&gt; &amp; 'y'<br>next</p>`)
  expect(text).toContain('<a href="x:&quot;&lt;img')
})

test('an HTML mail loads nothing from elsewhere', () => {
  expect(html({ ...mail, link })).not.toMatch(/src=|<link|<script|@import|url\(/)
})
