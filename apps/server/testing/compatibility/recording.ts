import type { Credential, Exchange } from './exchange.ts'
import type { Caller } from './requests.ts'

export interface RecordedCaller extends Caller {
  /** The end of a user's log. */
  readonly last_seq: number
}

/** The responses of a version to requests on a data directory that it wrote, in the order in which to repeat them. */
export interface Recording {
  /** The commit of that version. */
  readonly version: string
  /** When the data directory was complete. */
  readonly sealed_at: string
  /** When the last response was sent. Times between the two belong to writes of the recording itself. */
  readonly answered_at: string
  readonly credentials: Readonly<Record<string, Credential>>
  readonly callers: readonly RecordedCaller[]
  readonly signing_key: string | undefined
  readonly reads: readonly Exchange[]
  readonly sign_in: readonly Exchange[]
  readonly retries: readonly Exchange[]
  readonly reused_keys: readonly Exchange[]
  readonly resumed: readonly Exchange[]
  readonly undos: readonly Exchange[]
  readonly effects: readonly Exchange[]
}

/** JSON with one line per exchange, so that differences between recordings are readable. */
export function recordingText(recording: Recording): string {
  const fields = Object.entries(recording).map(([name, value]) => {
    const lines = Array.isArray(value) ? `[\n${value.map((item) => JSON.stringify(item)).join(',\n')}\n]` : undefined
    return `${JSON.stringify(name)}: ${lines ?? JSON.stringify(value)}`
  })
  return `{\n${fields.join(',\n')}\n}\n`
}
