/** A row that follows the pointer. A line shows where it would be put. */
export interface RowDrag {
  readonly move: (y: number) => void
  /** Puts the row back where it stood, and returns the keys of its new neighbours. */
  readonly end: () => Neighbours
}

export interface Neighbours {
  readonly above: number | undefined
  readonly below: number | undefined
}

/** So close to the edge of the window the page scrolls. */
const EDGE = 72
const PIXELS_A_FRAME = 12

export function dragRow(list: HTMLElement, item: HTMLElement, startY: number): RowDrag {
  const line = document.createElement('li')
  line.className = 'drop-line'
  line.setAttribute('aria-hidden', 'true')
  list.append(line)
  item.dataset['dragging'] = ''
  const startScroll = scrollY
  let y = startY
  let frame = requestAnimationFrame(scroll)

  function show(): void {
    item.style.translate = `0 ${y - startY + scrollY - startScroll}px`
    const { above, below } = elementsAround(list, item, y)
    const edge = below?.getBoundingClientRect().top ?? above?.getBoundingClientRect().bottom
    line.hidden = edge === undefined
    line.style.translate = `0 ${(edge ?? 0) - list.getBoundingClientRect().top}px`
  }

  function scroll(): void {
    frame = requestAnimationFrame(scroll)
    const top = list.closest('main')?.querySelector('.top')?.getBoundingClientRect().bottom ?? 0
    const step = y < top + EDGE ? -PIXELS_A_FRAME : y > innerHeight - EDGE ? PIXELS_A_FRAME : 0
    if (step === 0) return
    scrollBy(0, step)
    show()
  }

  show()
  return {
    move(to) {
      y = to
      show()
    },
    end() {
      cancelAnimationFrame(frame)
      const { above, below } = elementsAround(list, item, y)
      line.remove()
      delete item.dataset['dragging']
      item.style.translate = ''
      return { above: keyOf(above), below: keyOf(below) }
    },
  }
}

/** The rows of the same group above and below a point, without the one that is dragged. */
function elementsAround(list: HTMLElement, item: HTMLElement, y: number) {
  const rows = [...list.querySelectorAll<HTMLElement>('.item[data-row]')]
    .filter((other) => other !== item && other.dataset['group'] === item.dataset['group'])
    .map((other) => ({ other, box: other.getBoundingClientRect() }))
    .toSorted((a, b) => a.box.top - b.box.top)
  const isAbove = ({ box }: (typeof rows)[number]) => box.top + box.height / 2 <= y
  return { above: rows.findLast(isAbove)?.other, below: rows.find((row) => !isAbove(row))?.other }
}

function keyOf(item: HTMLElement | undefined): number | undefined {
  return item === undefined ? undefined : Number(item.dataset['key'])
}
