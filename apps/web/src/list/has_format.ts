/** Whether a text has a link or what Markdown knows. Most descriptions are plain. */
export function hasFormat(text: string): boolean {
  return /https?:\/\/|\bwww\.|\S@\S+\.\S|[*_~`]\S|^\s*(?:#{1,6}|[-*+]|\d+[.)]|>)\s|\]\(/m.test(text)
}
