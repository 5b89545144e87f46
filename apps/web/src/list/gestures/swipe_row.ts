export type SwipeSide = 'left' | 'right'

/** A row that is swiped aside. Behind it stands what letting go would do. */
export interface RowSwipe {
  readonly move: (x: number) => void
  /** Puts the row back, and returns the side to which it was swiped far enough. */
  readonly end: () => SwipeSide | undefined
}

/** So many pixels are far enough. */
const FAR = 88

export function swipeRow(item: HTMLElement, startX: number, hints: Readonly<Record<SwipeSide, string>>): RowSwipe {
  const hint = document.createElement('span')
  hint.className = 'swipe-hint'
  hint.setAttribute('aria-hidden', 'true')
  item.prepend(hint)
  const row = item.querySelector<HTMLElement>('.row')
  let distance = 0

  const side = () => (distance < 0 ? 'left' : 'right')
  return {
    move(x) {
      distance = x - startX
      hint.textContent = hints[side()]
      item.dataset['swipe'] = side()
      item.toggleAttribute('data-swipe-far', Math.abs(distance) >= FAR)
      if (row !== null) row.style.translate = `${distance}px 0`
    },
    end() {
      const isFar = Math.abs(distance) >= FAR
      hint.remove()
      delete item.dataset['swipe']
      item.removeAttribute('data-swipe-far')
      if (row !== null) row.style.translate = ''
      return isFar ? side() : undefined
    },
  }
}
