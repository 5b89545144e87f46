import { UnreadableFile } from '../described_task.ts'

/** The value of a JSON file. Throws `UnreadableFile`. */
export function parsedJson(text: string): unknown {
  if (text.trim() === '') throw new UnreadableFile('the file is empty')
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new UnreadableFile(`it is not valid JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}
