import { LINES_AT_ONCE, PAUSE, UnreadableFile, type Pause } from '../described_task.ts'
import { textLines, type TextLine } from './lines.ts'

/** A property of a component: `DUE;TZID=Europe/Berlin:20261120T170000`. */
export interface IcsProperty {
  readonly name: string
  readonly parameters: Readonly<Record<string, string>>
  /** As it is written, with its escapes. */
  readonly value: string
}

export interface IcsComponent {
  readonly name: string
  readonly properties: readonly IcsProperty[]
  readonly components: readonly IcsComponent[]
}

/** A content line of RFC 5545, folded at 75 octets. */
export function icsLine(name: string, value: string): string {
  const line = Buffer.from(`${name}:${value}`)
  const parts: string[] = []
  for (let at = 0; at < line.length;) {
    // A character is never split; the blank in front counts.
    let end = Math.min(line.length, at + (at === 0 ? 75 : 74))
    while (end < line.length && ((line[end] ?? 0) & 0xc0) === 0x80) end--
    parts.push(line.toString('utf8', at, end))
    at = end
  }
  return `${parts.join('\r\n ')}\r\n`
}

/** Text as a value. Control characters other than line ends and tabs cannot be written. */
export function icsText(text: string): string {
  return (
    text
      .replaceAll(/\r\n?/g, '\n')
      // oxlint-disable-next-line no-control-regex -- they are what is left out
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
      .replaceAll(/[\\;,]/g, '\\$&')
      .replaceAll('\n', '\\n')
  )
}

/** The text that a value stands for. */
export function textOfIcs(value: string): string {
  return value.replaceAll(/\\(.)/gs, (_, escaped: string) => (escaped === 'n' || escaped === 'N' ? '\n' : escaped))
}

/** The texts of a value that is a list. */
export function textsOfIcs(value: string): string[] {
  return [...value.matchAll(/(?:\\.|[^,\\])+/gs)].map(([text]) => textOfIcs(text).trim()).filter((text) => text !== '')
}

const MAX_DEPTH = 10
/** The most properties and components in one that stands in no other. */
const MAX_PARTS = 5000
/** The longest line that is read, in characters. Attachments are longer, and have no place in a task. */
const MAX_LINE = 200_000
/** Where the value of a line begins at the latest. */
const MAX_PARAMETERS = 10_000

/** The components of a calendar file, one after the other, without the calendars around them. */
export function* icsComponents(text: string): Generator<IcsComponent | Pause> {
  let parts = 0
  const open: { name: string; properties: IcsProperty[]; components: IcsComponent[] }[] = []
  let hasCalendar = false
  for (const unfoldedLine of unfolded(text)) {
    if (unfoldedLine === PAUSE) {
      yield PAUSE
      continue
    }
    const { line, number } = unfoldedLine
    const property = propertyOf(line)
    if (property === undefined) {
      if (!hasCalendar) throw new UnreadableFile('it is no calendar: it does not begin with BEGIN:VCALENDAR')
      continue
    }
    parts = open.length === 0 ? 0 : parts + 1
    if (parts > MAX_PARTS) throw new UnreadableFile(`line ${number}: ${open[0]?.name} has too many parts`)
    const value = property.value.trim().toUpperCase()
    if (property.name === 'BEGIN' && value === 'VCALENDAR') hasCalendar = true
    else if (!hasCalendar) throw new UnreadableFile('it is no calendar: it does not begin with BEGIN:VCALENDAR')
    else if (property.name === 'BEGIN') {
      if (open.length === MAX_DEPTH) throw new UnreadableFile(`line ${number}: too many components in each other`)
      open.push({ name: value, properties: [], components: [] })
    } else if (property.name === 'END' && value !== 'VCALENDAR') {
      const ended = open.pop()
      if (ended?.name !== value) throw new UnreadableFile(`line ${number}: END:${value} without its BEGIN`)
      const outer = open.at(-1)
      if (outer === undefined) yield ended
      else outer.components.push(ended)
    } else open.at(-1)?.properties.push(property)
  }
  if (!hasCalendar) throw new UnreadableFile('the file is empty')
  const left = open.at(-1)
  if (left !== undefined) throw new UnreadableFile(`BEGIN:${left.name} is never ended: the file is cut off`)
}

/** The lines as they were before they were folded. */
function* unfolded(text: string): Generator<TextLine | Pause> {
  let last: TextLine = { line: '', number: 1 }
  for (const { line, number } of textLines(text)) {
    if (number % LINES_AT_ONCE === 0) yield PAUSE
    if (/^[ \t]/.test(line) && number > 1) {
      if (last.line.length < MAX_LINE) last = { ...last, line: last.line + line.slice(1, MAX_LINE) }
      continue
    }
    if (last.line.trim() !== '') yield last
    last = { line: line.slice(0, MAX_LINE), number }
  }
  if (last.line.trim() !== '') yield last
}

function propertyOf(line: string): IcsProperty | undefined {
  const [start = '', name = '', written = ''] =
    /^([A-Za-z0-9-]+)((?:;[^=;:]+=(?:"[^"]*"|[^";:])*)*):/.exec(line.slice(0, MAX_PARAMETERS)) ?? []
  if (start === '') return undefined
  const parameters = [...written.matchAll(/;([^=;:]+)=((?:"[^"]*"|[^";:])*)/g)].map(
    ([, key = '', value = '']) => [key.toUpperCase(), value.replaceAll('"', '')] as const,
  )
  return { name: name.toUpperCase(), parameters: Object.fromEntries(parameters), value: line.slice(start.length) }
}
