const BEGIN = '<task_data>'
const END = '</task_data>'

/** A tool's result as models get it: JSON between marks that nothing inside can imitate. */
export function toolData(result: unknown): string {
  return `${BEGIN}${JSON.stringify(result).replaceAll('<', '\\u003c')}${END}`
}

/** The result that `toolData` wrote; undefined where there is none. */
export function readToolData(text: string): unknown {
  if (!text.startsWith(BEGIN) || !text.endsWith(END)) return undefined
  return JSON.parse(text.slice(BEGIN.length, -END.length))
}
