import { Marked, type Token, type Tokens } from 'marked'
import { anchors } from './anchors.ts'
import { escaped } from './html.ts'

/** What a heading begins: the rest of the page up to the next one, as plain text for the search. */
export interface Passage {
  readonly anchor: string
  readonly title: string
  readonly text: string
}

export interface Document {
  readonly title: string
  readonly html: string
  /** The headings of the second and third level. */
  readonly headings: readonly { readonly depth: number; readonly anchor: string; readonly title: string }[]
  readonly passages: readonly Passage[]
  /** Everything that the page links to or shows, as it is written. */
  readonly links: readonly string[]
}

/** Reads a Markdown file as GitHub shows it. `resolve` says where a link leads to. */
export function readMarkdown(text: string, resolve: (href: string) => string): Document {
  const marked = new Marked()
  const tokens = marked.lexer(text)
  const nameOf = anchors()
  const titles: { depth: number; anchor: string; title: string }[] = []
  const links: string[] = []
  void marked.walkTokens(tokens, (token) => {
    if (token.type === 'heading') {
      const title = plainText(token.tokens ?? [])
      titles.push({ depth: token['depth'], anchor: nameOf(title), title })
    }
    if (token.type !== 'link' && token.type !== 'image') return
    links.push(token['href'])
    token['href'] = resolve(token['href'])
  })
  let shown = 0
  marked.use({
    renderer: {
      heading({ depth, tokens: inner }) {
        const anchor = escaped(titles[shown++]?.anchor ?? '')
        return `<h${depth} id="${anchor}">${this.parser.parseInline(inner)}<a class="anchor" href="#${anchor}" aria-label="Link to this section"></a></h${depth}>\n`
      },
      table(table) {
        return `<div class="wide" tabindex="0" role="group" aria-label="Table">${tableOf(table, (cell) => this.parser.parseInline(cell))}</div>\n`
      },
      code({ text: code, lang = '' }) {
        const [language = ''] = lang.split(' ')
        return `<pre tabindex="0" data-language="${escaped(language)}"><code>${escaped(code)}</code></pre>\n`
      },
    },
  })
  return {
    title: titles.find(({ depth }) => depth === 1)?.title ?? '',
    html: marked.parser(tokens),
    headings: titles.filter(({ depth }) => depth === 2 || depth === 3),
    passages: passagesOf(tokens, titles),
    links,
  }
}

function tableOf({ header, rows }: Tokens.Table, inline: (tokens: Token[]) => string): string {
  const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td') =>
    `<tr>${cells.map(({ tokens }) => `<${tag}>${inline(tokens)}</${tag}>`).join('')}</tr>`
  const isNamed = header.some(({ text }) => text !== '')
  const head = isNamed ? `<thead>${row(header, 'th')}</thead>` : ''
  return `<table>${head}<tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody></table>`
}

function passagesOf(tokens: readonly Token[], titles: readonly { anchor: string; title: string }[]): Passage[] {
  const passages: { anchor: string; title: string; text: string }[] = []
  let headings = 0
  for (const token of tokens) {
    const title = token.type === 'heading' ? titles[headings++] : undefined
    if (title !== undefined) passages.push({ ...title, text: '' })
    const last = passages.at(-1)
    if (title === undefined && last !== undefined) last.text += `${plainText([token])} `
  }
  return passages.map(({ anchor, title, text }) => ({ anchor, title, text: text.replace(/\s+/g, ' ').trim() }))
}

/** The text of tokens without its markup. */
function plainText(tokens: readonly Token[]): string {
  return tokens.map(textOf).join('')
}

function textOf(token: Token): string {
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table
    return [header, ...rows].flatMap((cells) => cells.map(({ tokens }) => plainText(tokens))).join(' ')
  }
  if (token.type === 'list') return (token as Tokens.List).items.map(({ tokens }) => plainText(tokens)).join(' ')
  if (token.type === 'html') return ''
  if (token.type === 'space') return ' '
  if ('tokens' in token && token.tokens !== undefined) return plainText(token.tokens)
  return 'text' in token && typeof token.text === 'string' ? token.text : ''
}
