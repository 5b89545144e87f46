import { LINES_AT_ONCE, PAUSE, UnreadableFile, type DescribedTask, type Pause } from '../described_task.ts'
import { textLines } from '../text/lines.ts'

/** The longest line that is read, in characters: a task has no place for as many. */
const MAX_LINE = 100_000

const PRIORITIES: Readonly<Record<string, string | undefined>> = { A: 'high', B: 'medium', C: 'low' }

/** Reads todo.txt: a task a line. Contexts and projects become tags; words of other programs stay in the title. */
export function* readTodoTxt(text: string): Generator<DescribedTask | Pause> {
  if (text.includes('\0')) throw new UnreadableFile('it is no text')
  let row = 0
  for (const { line, number } of textLines(text)) {
    if (line.trim() !== '') yield describedLine(++row, line.slice(0, MAX_LINE).trim())
    else if (number % LINES_AT_ONCE === 0) yield PAUSE
  }
  if (row === 0) throw new UnreadableFile('the file has no tasks')
}

// Some programs leave the priority of a completed task, behind the day of its completion.
const START = /^(?:(x) +)?(?:\(([A-Z])\) +)?(?:(\d{4}-\d\d-\d\d) +)?(?:\(([A-Z])\) +)?(?:(\d{4}-\d\d-\d\d) +)?/

interface Line {
  readonly fields: Record<string, unknown>
  readonly tags: string[]
  readonly reminders: string[]
  readonly checklist: { text: string; done: boolean }[]
  readonly lost: string[]
  rule?: { rule: string; next?: string }
  identity?: string
}

function describedLine(row: number, text: string): DescribedTask {
  const [start = '', done, before, first, behind, second] = START.exec(text) ?? []
  const letter = before ?? behind
  const line: Line = { fields: {}, tags: [], reminders: [], checklist: [], lost: [] }
  const words = text.slice(start.length).split(/\s+/)
  const left = words.filter((word) => !readWord(line, word))
  const priority = letter ?? (typeof line.fields['pri'] === 'string' ? line.fields['pri'] : undefined)
  if (priority !== undefined && PRIORITIES[priority] === undefined) line.lost.push(`priority ${priority}`)
  const completed = done !== undefined
  // Before the creation stands the completion, if there are both.
  const [completed_at, created_at] = completed ? [first, second] : [undefined, first]
  return {
    row,
    identity: line.identity,
    fields: {
      ...line.fields,
      title: line.fields['title'] ?? left.join(' '),
      completed,
      priority: PRIORITIES[priority ?? ''],
      tags: line.tags,
      reminders: line.reminders,
      checklist: line.checklist,
      recurrence: line.rule,
    },
    times: { created_at, completed_at },
    lost: line.lost,
  }
}

/** The key and the value of a word that has both. */
function keyedWord(word: string): readonly [key: string, value: string] | undefined {
  const [, key = '', value = ''] = /^([^:]+):(.+)$/.exec(word) ?? (word === 'note:' ? [word, 'note', ''] : [])
  return Object.hasOwn(KEYS, key) ? [key, value] : undefined
}

/** Whether a word of a line stands for something else than its text. */
export function isSyntax(word: string): boolean {
  return /^[+@]./.test(word) || keyedWord(word) !== undefined
}

/** Whether a word is syntax, which is then read. */
function readWord(line: Line, word: string): boolean {
  if (/^[+@]./.test(word)) {
    line.tags.push(word.slice(1))
    return true
  }
  const [key = '', encoded = ''] = keyedWord(word) ?? []
  const read = KEYS[key]
  if (read === undefined) return false
  read(line, decoded(encoded), encoded)
  return true
}

const field =
  (name: string) =>
  ({ fields }: Line, value: string) => {
    fields[name] = value
  }

const KEYS: Readonly<Record<string, (line: Line, value: string, encoded: string) => void>> = {
  title: field('title'),
  note: field('description'),
  due: field('due_date'),
  time: field('due_time'),
  zone: field('due_zone'),
  t: field('start_date'),
  pri: field('pri'),
  tag: ({ tags }, value) => void tags.push(value),
  remind: ({ reminders }, value) => void reminders.push(value),
  check: ({ checklist }, text) => void checklist.push({ text, done: false }),
  checked: ({ checklist }, text) => void checklist.push({ text, done: true }),
  rrule: (line, rule) => {
    line.rule = { ...line.rule, rule }
  },
  next: (line, next) => {
    line.rule = { rule: '', ...line.rule, next }
  },
  rec: (line, value) => {
    const rule = ruleOf(value)
    if (rule === undefined) line.lost.push('rec')
    else line.rule = rule
  },
  id: (line, value) => {
    line.identity = value
  },
}

const FREQUENCIES: Readonly<Record<string, string>> = { d: 'DAILY', w: 'WEEKLY', m: 'MONTHLY', y: 'YEARLY' }

/** `rec:2w` counts from the completion, `rec:+2w` from the due date; `1b` is every working day. */
function ruleOf(text: string) {
  const [, strict, count = '', unit = ''] = /^(\+)?(\d{1,3})([dwmyb])$/.exec(text) ?? []
  const next = strict === undefined ? 'completion' : 'each'
  if (unit === 'b') return count === '1' ? { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', next } : undefined
  const frequency = FREQUENCIES[unit]
  return frequency === undefined ? undefined : { rule: `FREQ=${frequency};INTERVAL=${Number(count)}`, next }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
