/** A file of an archive. */
export interface TarEntry {
  readonly name: string
  readonly content: Buffer
}

/** Thrown when a stream is no tar archive, or ends too early. The message completes "FILE ...". */
export class TarError extends Error {
  override readonly name = 'TarError'
}

const BLOCK = 512
/** Two empty blocks end an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK)

/** One file as the ustar format has it: readable by its owner only, with this time of modification. */
export function tarEntry({ name, content }: TarEntry, modified: Date): Buffer {
  const padding = (BLOCK - (content.length % BLOCK)) % BLOCK
  return Buffer.concat([header(name, content.length, modified), content, Buffer.alloc(padding)])
}

function header(name: string, size: number, modified: Date): Buffer {
  const block = Buffer.alloc(BLOCK)
  if (Buffer.byteLength(name) >= 100) throw new Error(`a name in the archive is too long: ${name}`)
  block.write(name, 0)
  block.write(octal(0o600, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(Math.floor(modified.getTime() / 1000), 12), 136)
  block.write('        ', 148)
  block.write('0', 156)
  block.write('ustar\u000000', 257, 'latin1')
  block.write(`${octal(checksum(block), 7)}\0 `, 148)
  return block
}

function octal(value: number, width: number): string {
  return value.toString(8).padStart(width - 1, '0')
}

function checksum(block: Buffer): number {
  return block.reduce((sum, byte) => sum + byte, 0)
}

/**
 * The files of an archive, one at a time, each with the bytes that represent it. Throws `TarError` where the stream ends
 * before the archive does.
 */
export async function* readTar(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<TarEntry & { readonly raw: Buffer }> {
  const chunks = source[Symbol.asyncIterator]()
  const bytes = byteReader(chunks)
  for (;;) {
    const block = await bytes(BLOCK)
    if (block.every((byte) => byte === 0)) break
    const size = sizeIn(block, maxBytes)
    const padded = await bytes(Math.ceil(size / BLOCK) * BLOCK)
    const end = block.indexOf(0)
    yield {
      name: block.toString('utf8', 0, end),
      content: padded.subarray(0, size),
      raw: Buffer.concat([block, padded]),
    }
  }
  // To the end, where a compressed stream has its own checksum.
  while ((await chunks.next()).done !== true);
}

function sizeIn(block: Buffer, maxBytes: number): number {
  const blank = Buffer.from(block)
  blank.write('        ', 148)
  const size = Number.parseInt(block.toString('latin1', 124, 135), 8)
  const isHeader = Number.parseInt(block.toString('latin1', 148, 154), 8) === checksum(blank)
  if (!isHeader || !(size <= maxBytes)) throw new TarError('is not a backup of Taskwire')
  return size
}

/** A function that reads exactly this many bytes. */
function byteReader(chunks: AsyncIterator<Buffer>): (count: number) => Promise<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  return async (count) => {
    const parts = [rest]
    for (let length = rest.length; length < count;) {
      const { value, done } = await chunks.next()
      if (done === true) throw new TarError('is cut short')
      parts.push(value)
      length += value.length
    }
    const all = Buffer.concat(parts)
    rest = all.subarray(count)
    return all.subarray(0, count)
  }
}
