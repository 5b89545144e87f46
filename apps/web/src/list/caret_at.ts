/** Where in the title of a row a click hit its text; undefined where it hit something else. */
export function caretAt(x: number, y: number): number | undefined {
  // Safari before 18.4 has none.
  if (!('caretPositionFromPoint' in document)) return undefined
  const position = document.caretPositionFromPoint(x, y)
  const node = position?.offsetNode
  const name = node?.parentElement?.closest('.row-name')
  if (position === null || node === undefined || name === null || name === undefined) return undefined
  // A search splits the title into several nodes.
  const before = document.createRange()
  before.setStart(name, 0)
  before.setEnd(node, position.offset)
  return before.toString().length
}
