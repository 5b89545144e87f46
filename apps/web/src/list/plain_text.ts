import { hasFormat } from './has_format.ts'

/** Text without the signs of Markdown, as a row shows it. */
export function plainText(text: string): string {
  if (!hasFormat(text)) return text
  return text
    .replaceAll(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replaceAll(/^\s*(?:#{1,6}|>)\s+/gm, '')
    .replaceAll(/^(\s*)[-*+]\s+/gm, '$1• ')
    .replaceAll(/(\*\*|__|~~)(?=\S)(.+?)\1/g, '$2')
    .replaceAll(/`([^`\n]+)`/g, '$1')
}
