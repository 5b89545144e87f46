import { understand } from '../src/language/understand.ts'

/** The longest message that the chat accepts, in code points; these are all of one UTF-16 unit. */
const LENGTH = 4000

export const beginnings =
  '|add |add a task |add tasks: |complete |delete |mark |change |rename |tag |move |show |find |remind me |i have to |undo |oops, |is |what |how many |put |the |yes |no |set the due date of |"'.split(
    '|',
  )

export const middles = [
  ...'pls |please |a |to |the |of |my |task |tasks |1 |1, |1 and |#1 |#a |!1 |add |add, |add milk, |and |, |,|. |; |then |complete |delete |mark |as |done |not |is |is not |due |every |all |for |with description |i |remind me |thanks |who |show |undo, |compelte |xyzzyx |tomorrow |on friday |rename a to |"|\' |\'a |"a", |- |.|..,|?|? |->|x'.split(
    '|',
  ),
  '\n',
  'x\n',
  '- x\n',
  '\u00a0',
  'e\u0301',
  '\ufe0f',
]

export const ends = ['', ' x', ' done', '!', '?', ' to my list', '"', ' please', ' tomorrow']

/** A message of full length that repeats its middle. */
export function longMessage(beginning: string, middle: string, end: string): string {
  const repeated = middle.repeat(Math.ceil(LENGTH / middle.length))
  return (beginning + repeated).slice(0, LENGTH - end.length) + end
}

/** The least CPU time of several runs, in milliseconds: what the message costs, not what else the process does. */
export function cpuTime(message: string, runs = 5): number {
  const times = Array.from({ length: runs }, () => {
    const before = process.cpuUsage()
    understand(message)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...times)
}
