/** Names the headings of one page as GitHub does, so that a link to a heading leads to the same place in both. */
export function anchors(): (heading: string) => string {
  const used = new Map<string, number>()
  return (heading) => {
    const name = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const count = used.get(name) ?? 0
    let anchor = count === 0 ? name : `${name}-${count}`
    let next = count
    // A heading may itself be called as another one with its number.
    while (used.has(anchor)) anchor = `${name}-${++next}`
    used.set(name, next + 1)
    if (anchor !== name) used.set(anchor, 1)
    return anchor
  }
}
