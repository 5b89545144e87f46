/** A whole number from 0 to `count - 1`. */
export function pick(count: number): number {
  return Math.floor(Math.random() * count)
}

/** Runs `work` for 0, 1, 2 ... below `count`, at most `width` at a time. */
export async function each(count: number, width: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
