import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface ReceivedMail {
  readonly from: string
  readonly to: string[]
  /** The whole message as it was sent, with its quoted-printable parts decoded. */
  readonly source: string
  /** The URLs of its plain text. */
  readonly links: string[]
}

export interface SmtpReceiver {
  readonly url: string
  readonly mails: ReceivedMail[]
  /** How many of the next mails are answered with this code. */
  refuse(count: number, code: number): void
  close(): Promise<void>
}

/** A mail server that keeps what it receives and accepts one user and password. */
export async function smtpReceiver(): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = []
  const refusals: number[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (username === 'taskwire' && password === 'secret') done(null, { user: username })
      else done(new Error('Invalid username or password'))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const responseCode = refusals.shift()
        if (responseCode !== undefined) return done(Object.assign(new Error('not now'), { responseCode }))
        mails.push(mailOf(Buffer.concat(chunks).toString(), session.envelope))
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://taskwire:secret@127.0.0.1:${port}`,
    mails,
    refuse: (count, code) => void refusals.push(...Array.from({ length: count }, () => code)),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function mailOf(raw: string, { mailFrom, rcptTo }: Envelope): ReceivedMail {
  const source = raw
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
  const [plain = ''] = source.split('text/html')
  return {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
    source,
    links: [...plain.matchAll(/^https?:\S+/gm)].map(([link]) => link),
  }
}

interface Envelope {
  readonly mailFrom: false | { readonly address: string }
  readonly rcptTo: readonly { readonly address: string }[]
}
