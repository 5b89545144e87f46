import DOMPurify from 'dompurify'
import { Marked, type Tokens } from 'marked'
import { useMemo } from 'react'

interface FormattedTextProps {
  readonly text: string
}

const TAGS = [
  'a',
  'b',
  'blockquote',
  'br',
  'code',
  'del',
  'em',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'i',
  'li',
  'ol',
  'p',
  'pre',
  's',
  'strong',
  'table',
  'tbody',
  'td',
  'th',
  'thead',
  'tr',
  'ul',
]

// Links only: an image would tell its server who reads the task, and when.
const rules = { ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ['href', 'start'], ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i }

const marked = new Marked({
  async: false,
  gfm: true,
  breaks: true,
  renderer: {
    // HTML is text here, and an image a link.
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escaped(text),
    image: ({ href, text }: Tokens.Image) => `<a href="${escaped(href)}">${escaped(text || href)}</a>`,
  },
})

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Markdown as HTML that can do nothing but show text and links. */
export function safeHtml(text: string): string {
  const html = marked.parse(text, { async: false })
  const fragment = DOMPurify.sanitize(html, { ...rules, RETURN_DOM_FRAGMENT: true })
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank'
    link.rel = 'noopener noreferrer nofollow'
  }
  const place = document.createElement('div')
  place.append(fragment)
  return place.innerHTML
}

/** A description with its links and Markdown. */
export default function FormattedText({ text }: FormattedTextProps) {
  const html = useMemo(() => ({ __html: safeHtml(text) }), [text])
  // oxlint-disable-next-line react/no-danger -- sanitised above
  return <div className="formatted" dir="auto" dangerouslySetInnerHTML={html} />
}
