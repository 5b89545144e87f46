const BEGIN = '<task_data>'
const END = '</task_data>'

/** A tool's result as a model gets it: JSON between delimiters that cannot occur inside. */
export function toolData(result: unknown): string {
  return `${BEGIN}${JSON.stringify(result).replaceAll('<', '\\u003c')}${END}`
}
