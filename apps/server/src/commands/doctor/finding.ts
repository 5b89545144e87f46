/** What one check found. A problem keeps the server from working as it should; a note is worth knowing. */
export interface Finding {
  readonly topic: string
  readonly level: 'ok' | 'note' | 'problem'
  /** One line; of a problem it says what to do. */
  readonly text: string
}

export function ok(topic: string, text: string): Finding {
  return { topic, level: 'ok', text }
}

export function note(topic: string, text: string): Finding {
  return { topic, level: 'note', text }
}

export function problem(topic: string, text: string): Finding {
  return { topic, level: 'problem', text }
}

/** A number of bytes for a person to read. */
export function readableBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
