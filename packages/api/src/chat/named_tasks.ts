/** A task as a message may name it. */
export interface NamedTask {
  readonly id: number
  readonly title: string
}

/**
 * Whether a message names each of these tasks: by its title, by its number, or by a word of its title that no other of
 * them has. "Complete all of them" names none, "complete milk and bread" two.
 */
export function namesEach(message: string, tasks: readonly NamedTask[]): boolean {
  const said = wordsOf(message)
  const known = new Set(said)
  const text = ` ${said.join(' ')} `
  const titles = tasks.map(({ title }) => wordsOf(title))
  return tasks.every(({ id }, index) => {
    const title = titles[index] ?? []
    if (known.has(String(id)) || (title.length > 0 && text.includes(` ${title.join(' ')} `))) return true
    const others = new Set(titles.flatMap((words, other) => (other === index ? [] : words)))
    return title.some((word) => known.has(word) && !others.has(word) && !common.has(word) && !/^\d+$/.test(word))
  })
}

function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
}

/** Words of commands and of English: in a message they name no task. */
const common = new Set(
  (
    'a about above after again all also am an and any anything are as ask at back be before below both but by can check ' +
    'checked clear close complete completed could day days do does done due each else every everything everyone few ' +
    'finish finished first for from get give go going had has have he her his how i if in into is it its just last left ' +
    'let list make mark me mine more most move my name need new next no not now of off old on one ones only open or other ' +
    'others our out over overdue pending please put remaining rename reopen rest same set she should so some tag task ' +
    'tasks that the their them then there these they thing things this those three tick time title to today todo todos ' +
    'tomorrow tonight two undo up update us was we week well were what when which who will with work would yes ' +
    'yesterday you your'
  ).split(' '),
)
