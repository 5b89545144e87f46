import { appendFileSync } from 'node:fs'
import { Socket } from 'node:net'

// A worker that does what the variable SCRIPT says: `serves`, `waits` (never serves), `dies` (before it serves). It ends
// when it is told to drain or asked for its metrics, and writes the types of messages into the file of the variable MESSAGES.

// oxlint-disable-next-line node/no-process-env
const { SCRIPT = 'serves', MESSAGES } = process.env
const number = Number(process.argv.at(-1))

interface Message {
  readonly type: string
  readonly id: number
  readonly about?: string
}

if (SCRIPT === 'dies') process.exit(1)
process.on('message', (message: Message, socket: unknown) => {
  if (MESSAGES !== undefined) appendFileSync(MESSAGES, `${number} ${message.type}\n`)
  if (message.type === 'connection' && socket instanceof Socket) socket.on('error', () => {}).end(`worker ${number}`)
  // Its primary counts an attempt for it first.
  if (message.type === 'ask') process.send?.({ type: 'count', id: message.id, of: 'sign-in', key: 'ann' })
  if (message.type === 'counted') {
    const answer = Reflect.get(message, 'allowance')
    process.send?.({ type: 'answer', id: message.id, answer })
  }
  if (message.type === 'drain' || message.about === 'metrics') process.exit(0)
})
process.on('disconnect', () => process.exit(0))
if (SCRIPT === 'serves') process.send?.({ type: 'serving' })
