import { readFileSync } from 'node:fs'

/** A line of MESSAGES.md: messages in one conversation, and the effect of each. */
export interface MessageLine {
  readonly section: string
  readonly messages: readonly string[]
  readonly effects: readonly string[]
  /** What the person wanted, where the assistant asks instead. */
  readonly wanted: string | undefined
}

const FILE = new URL('../MESSAGES.md', import.meta.url)

/** The published messages with their effects: `message  =>  effect`, `first | second  =>  effect | effect`. */
export function messageLines(): MessageLine[] {
  const lines: MessageLine[] = []
  let section = ''
  let isListed = false
  for (const line of readFileSync(FILE, 'utf8').split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3)
    if (line.startsWith('```')) isListed = line === '```text'
    if (!isListed) continue
    const [said, rest] = line.split('  =>  ')
    if (said === undefined || rest === undefined) continue
    const [effect = '', wanted] = rest.split('  (wanted: ')
    lines.push({
      section,
      messages: said.split(' | ').map((message) => message.replaceAll('⏎', '\n')),
      effects: effect.split(' | '),
      wanted: wanted?.replace(/\)$/, ''),
    })
  }
  return lines
}
