import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Writes to standard output. Returns the exit code: 1 where the reader has left, as `head` does once it has enough. */
export async function writeToStdout(content: AsyncIterable<string>, signal: AbortSignal): Promise<number> {
  // Each write reports its own failure; without a listener the same failure would end the process before it cleans up.
  process.stdout.on('error', () => {})
  const output = new Writable({
    decodeStrings: false,
    write: (text: string, encoding, done) => void process.stdout.write(text, encoding, done),
  })
  try {
    await pipeline(Readable.from(content), output, { signal })
    return 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 1
    throw error
  }
}
