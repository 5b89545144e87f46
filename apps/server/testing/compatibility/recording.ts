import type { Credential, Exchange } from './exchange.ts'
import type { Caller } from './requests.ts'

export interface RecordedCaller extends Caller {
  /** Where the user's log ended. */
  readonly last_seq: number
}

/** What a version answered about a data directory that it wrote, in the order in which it has to be asked again. */
export interface Recording {
  /** The commit that wrote and answered. */
  readonly version: string
  /** When the data directory was complete. */
  readonly sealed_at: string
  /** When the last answer was given. Times between the two are of what the recording itself wrote. */
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

/** JSON with a line for each exchange, so that a difference between two recordings can be read. */
export function recordingText(recording: Recording): string {
  const fields = Object.entries(recording).map(([name, value]) => {
    const lines = Array.isArray(value) ? `[\n${value.map((item) => JSON.stringify(item)).join(',\n')}\n]` : undefined
    return `${JSON.stringify(name)}: ${lines ?? JSON.stringify(value)}`
  })
  return `{\n${fields.join(',\n')}\n}\n`
}
