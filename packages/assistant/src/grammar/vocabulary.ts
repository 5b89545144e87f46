/** The words of a list that is separated by blanks. */
export function wordSet(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/))
}

/** The words that people use for a task. */
export const NOUNS = wordSet('task tasks todo todos to-do to-dos item items reminder entry')
export const PLURAL_NOUNS = wordSet('tasks todos to-dos items things stuff ones entries reminders')

/** What the patterns of all commands share. */
export const MACROS: Readonly<Record<string, string>> = {
  NOUN: '(task|tasks|todo|todos|to-do|to-dos|to do|to dos|item|items|reminder|entry)',
  MY: '(my|the|our|this)',
  LIST: '(list|todo list|to-do list|to do list|task list|tasks|todos|to-dos)',
  DONE: '(done|complete|completed|finished|checked|checked off|ticked off|as done|as complete|as completed|as finished|as checked)',
  UNDONE:
    '(undone|incomplete|uncompleted|unfinished|pending|open|active|not done|not complete|not completed|not finished|not yet done|to do|todo|to-do)',
  CHANGE: '(change|set|update|edit|modify|make|put)',
  DESCRIPTION: '(description|desc|detail|details|note|notes)',
  DUE: '(due date|due day|due time|deadline|date|due)',
  OF: '(of|for|on)',
}

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']

/** The number that a word means, in digits or spelled out. */
export function numberOf(word: string): number | undefined {
  if (/^#?\d{1,10}$/.test(word)) return Number(word.replace('#', ''))
  const spelled = NUMBERS.indexOf(word)
  return spelled < 1 ? undefined : spelled
}

/** The position in a list that a word means, counted from 1; -1 is the last. */
export function positionOf(word: string): number | undefined {
  if (word === 'last') return -1
  if (word === 'top') return 1
  const spelled = ORDINALS.indexOf(word)
  if (spelled > 0) return spelled
  const digits = /^(\d{1,3})(?:st|nd|rd|th)$/.exec(word)
  return digits === null ? undefined : Number(digits[1])
}

/**
 * Words that restrict, negate or condition what stands before them. The assistant understands none of them, so a name
 * that contains one is a task's whole title or it is not understood.
 */
export const LIMITING = wordSet(`except but besides excluding without apart other than not no never only unless if when
  until while before after older newer about since instead or maybe everything everyone every all each any anything
  nothing both either neither most half some more less who which that because so yet however later today tomorrow tonight
  yesterday now soon first then also again`)
