import { saysYes } from '@taskwire/api'
import type { Command, NewTask, Refused, Status } from './command.ts'
import { statusIn, targetOf } from './target.ts'
import { capital, numberOf, plain, unquoted } from './words.ts'

/** What a message asks for. The first rule that knows it decides. */
export function understand(message: string): Command {
  const text = plain(message)
  const said = text.replace(/[\s.!?]+$/, '')
  for (const rule of rules) {
    const command = rule(said, text)
    if (command !== undefined) return command
  }
  return { do: 'unknown' }
}

/** Knows a kind of message: `said` is without its closing marks. */
type Rule = (said: string, text: string) => Command | undefined

const NOUN = '(?:task|todo|to-do|to do|item|reminder|entry)'

const smallTalk: Rule = (said) => {
  if (
    /^(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|greetings)(?:\s+(?:there|assistant|taskwire))?$/i.test(
      said,
    )
  )
    return { do: 'greet' }
  if (
    /^(?:thanks|thank you|thx|ty|cheers|great|nice|perfect|cool|awesome|well done|good job)(?:\s+(?:so much|a lot|very much|you|a bunch|again))*$/i.test(
      said,
    )
  )
    return { do: 'thanks' }
  if (
    /^(?:help|\?+|commands|usage|what can (?:you|i) (?:do|say|ask)(?: here)?|how do(?:es)? (?:this|it|you) work|what do you do|who are you|what are you|are you (?:an? )?(?:ai|bot|human|real|robot|person|llm|model|chatgpt|gpt).*|what(?:'s| is) (?:this|your name)|which model (?:are you|is this)|how can you help(?: me)?|what (?:commands|features).*)$/i.test(
      said,
    )
  ) {
    return { do: 'help' }
  }
  return undefined
}

const consent: Rule = (said, text) => {
  if (saysYes(text)) return { do: 'yes' }
  return /^(?:no|nope|nah|n|no,? (?:thanks|thank you|don'?t|keep .*|leave .*|cancel.*)|cancel|cancel (?:that|it)|never ?mind|stop|don'?t|do not|abort|forget it|leave (?:it|them))$/i.test(
    said,
  )
    ? { do: 'no' }
    : undefined
}

const undo: Rule = (said) => {
  const seq = /^(?:undo|revert|take back|roll back)\s+(?:change|seq|number)\s*(?:number|no\.?|#)?\s*(\d{1,9})$/i.exec(
    said,
  )
  if (seq !== null) return { do: 'undo', times: 1, seq: Number(seq[1]) }
  const several =
    /^(?:undo|revert|take back|roll back)\s+(?:the\s+|my\s+|your\s+)?(?:last|latest|previous)\s+(\w+)(?:\s+(?:changes|things|actions|steps|edits|ones|commands))?$/i.exec(
      said,
    )
  const times = numberOf(several?.[1] ?? '')
  if (times !== undefined && times > 0) return { do: 'undo', times: Math.min(times, 50) }
  return /^(?:(?:oops|wait|no|sorry|damn)[,.!]*\s+)*(?:undo|revert|roll ?back|take back|take (?:that|it|this) back|put (?:it|that) back|bring (?:it|that|the task|them) back|restore (?:it|that|this|the (?:deleted )?task)|un-?delete(?: (?:it|that))?|reverse)(?:\s+(?:that|it|this|again|once more|one more|everything you just did|what you (?:just )?did|(?:the|my|your|that|this)\s+(?:(?:last|latest|previous|recent)\s+)?(?:change|action|thing|one|step|edit|deletion|delete|removal|update|addition|completion|move|command|operation)))*$|^oops$/i.test(
    said,
  )
    ? { do: 'undo', times: 1 }
    : undefined
}

const others: Rule = (said) => {
  const owner = /\b([a-z]+)'s?\s+(?:\w+\s+)?(?:tasks|todos|to-dos|list|items|account)\b/i.exec(said)?.[1]
  const possessive =
    owner !== undefined &&
    !/^(?:what|that|it|let|here|there|who|today|tomorrow|week|month|tonight|yesterday|doesn|don|isn|haven|didn|aren|won|can)$/i.test(
      owner,
    )
  const named =
    /\b(?:other|another|all|every|different)\s+(?:users?|people|persons?|accounts?)\b|\b(?:everyone|everybody|someone else|somebody else)\b|\b(?:tasks?|lists?)\s+(?:of|for|from|belonging to)\s+(?:the\s+)?(?:user|account)\b|\bas user\b|\buser[_ ]?id\b/i
  if (isAdding(said)) return undefined
  return possessive || named.test(said) ? { do: 'refuse', what: 'others' } : undefined
}

const STRONG = '(?:add|create|insert|jot down|write down|note down|record|register|new)'
const adding = new RegExp(`^(?:${STRONG}\\b|(?:task|todo|to-do|note to self|reminder)\\s*:)`, 'i')

function isAdding(said: string): boolean {
  return adding.test(said) || remembering.some((pattern) => pattern.test(said))
}

const remembering = [
  /^i\s+(?:really\s+)?(?:need|have|want|ought|must|got)\s+(?:to\s+)?remember\s+(?:to\s+|that\s+i\s+(?:need|have)\s+to\s+|about\s+)?(.+)$/is,
  /^i\s+(?:must not|mustn't|should not|shouldn't|can't|cannot)\s+forget\s+(?:to\s+|about\s+)?(.+)$/is,
  /^(?:don't|do not|never)\s+(?:let\s+me\s+)?forget\s+(?:to\s+|about\s+|that i (?:need|have) to\s+)?(.+)$/is,
  /^remember\s+(?:to\s+|that\s+i\s+(?:need|have)\s+to\s+|me\s+to\s+)?(.+)$/is,
  /^remind\s+me\s+(?:to\s+|about\s+|that\s+i\s+(?:need|have)\s+to\s+|of\s+)?(.+)$/is,
  /^make\s+sure\s+(?:that\s+)?i\s+(?:remember\s+to\s+|don't forget to\s+)?(.+)$/is,
  /^note(?:\s+to\s+self)?\s*[:,-]?\s+(?:to\s+|that\s+i\s+(?:need|have)\s+to\s+)?(.+)$/is,
]

const remember: Rule = (_, text) => {
  for (const pattern of remembering) {
    const what = pattern.exec(text)?.[1]
    if (what !== undefined) return { do: 'add', tasks: [newTask(what)], reminder: /^remind/i.test(text) }
  }
  return undefined
}

// “I need to ...” is a task of its own, unless it speaks of the list.
const need: Rule = (_, text) => {
  const what =
    /^i(?:'ve)?\s+(?:really\s+|also\s+|still\s+)?(?:need to|have to|must|should|got to|gotta|ought to|am supposed to)\s+(.+)$/is.exec(
      text,
    )?.[1]
  if (what === undefined) return undefined
  if (/\b(?:tasks?|todos?|to-dos?|my list)\b/i.test(what)) return understand(what)
  return { do: 'add', tasks: [newTask(what)], reminder: false }
}

const many = new RegExp(
  `^(?:${STRONG}|make|put)\\s+(?:me\\s+)?(?:the\\s+|these\\s+|some\\s+|my\\s+|two\\s+|three\\s+|four\\s+|five\\s+|\\d+\\s+)?(?:following\\s+)?(?:new\\s+)?(?:tasks|todos|to-dos|items|reminders)\\s*(?::|-|to\\b|called)?\\s*(.+)$`,
  'is',
)
const one = (verbs: string) =>
  new RegExp(
    `^(?:${verbs})\\s+(?:me\\s+)?(?:a|an|another|one|the|this|my)?\\s*(?:more\\s+)?(?:new\\s+)?${NOUN}\\b\\s*` +
      `(?:(?:to|on|in|for)\\s+my\\s+(?:\\S+\\s+)?list\\b\\s*)?(?:called|named|titled|saying|that says|with (?:the )?title|which says|[:,–—-])?\\s*` +
      `(?:to\\s+|that\\s+i\\s+(?:need|have|should|must)(?:\\s+to)?\\s+|for\\s+|about\\s+)?(.*)$`,
    'is',
  )
const oneStrong = one(STRONG)
const oneWeak = one('make|put|start|set up|set|open|give me|i have|enter|log')
const listed = new RegExp(
  `^(?:add|put|include|write|place|stick|throw|save|get)\\s+(.+?)\\s+(?:to|on|onto|in|into|down on)\\s+(?:my|the|our)\\s+(?:\\S+\\s+){0,2}?(?:list|tasks|todos|to-dos)$`,
  'is',
)
const bare =
  /^(?:add|new|create|jot down|write down|note down|task:|todo:|to-do:|reminder:|note to self:)\s*:?\s*(.+)$/is

const add: Rule = (said, text) => {
  if (!isAdding(said)) return undefined
  const several = many.exec(said)?.[1]
  if (several !== undefined) return { do: 'add', tasks: titlesIn(several), reminder: false }
  const onList = listed.exec(said)?.[1]
  const what = onList ?? oneStrong.exec(text)?.[1] ?? bare.exec(text)?.[1]
  return addOne(what)
}

const addWeakly: Rule = (said, text) => {
  const what = listed.exec(said)?.[1] ?? oneWeak.exec(text)?.[1]
  return what === undefined ? undefined : addOne(what)
}

function addOne(what: string | undefined): Command {
  const task = newTask(what ?? '')
  return { do: 'add', tasks: task.title === '' ? [] : [task], reminder: false }
}

const described =
  /^(.*?\S)[\s,;]+(?:with|and|having)\s+(?:the\s+|a\s+|an\s+)?(?:description|desc|details?|notes?)\s*(?:of|saying|that says|as|:|=)?\s+(.+)$/is

function newTask(what: string): NewTask {
  const parts = described.exec(what)
  const said = (parts?.[1] ?? what).replace(/\s+(?:to|on|in)\s+my\s+(?:\S+\s+)?list\s*[.!]*$/i, '')
  const title = capital(unquoted(said))
  return parts?.[2] === undefined ? { title } : { title, description: unquoted(parts[2]) }
}

function titlesIn(text: string): NewTask[] {
  const lines = /[\n;]/.test(text) ? text.split(/[\n;]+/) : text.split(/\s*,\s*and\s+|\s*,\s*|\s+and\s+/i)
  return lines.map((line) => newTask(line.replace(/^\s*(?:[-*•]|\d+[.)])\s*/, ''))).filter(({ title }) => title !== '')
}

// What a list of this kind does not have. Only where no title could be meant.
const properties: readonly [RegExp, Refused][] = [
  [
    /\b(?:due|deadlines?|dates?|reminders?|times?|alarms?|recurring|repeat|every (?:day|week|month)|schedule|calendar|snooze|postpone)\b/i,
    'dates',
  ],
  [
    /\b(?:priorit(?:y|ies|ize|ise)|urgent|importance|important|tags?|labels?|colou?rs?|categor(?:y|ies|ize|ise)|projects?|subtasks?|stars?|pin)\b/i,
    'priorities',
  ],
  [/\b(?:shar(?:e|ing)|assign|assignee|invite|delegate|e-?mail|send|export|print|text|message)\b/i, 'sharing'],
]

function propertyIn(text: string): Command | undefined {
  const found = properties.find(([pattern]) => pattern.test(text))
  return found === undefined ? undefined : { do: 'refuse', what: found[1] }
}

const DESCRIPTION = '(?:description|desc|details?|notes?)'
const describeOf = new RegExp(
  `^(?:change|set|update|edit|modify|make|replace)\\s+(?:the\\s+)?${DESCRIPTION}\\s+(?:of|for|on)\\s+(.+?)\\s+(?:to|as|into|with|:|=)\\s*(.+)$`,
  'is',
)
const describeIts = new RegExp(
  `^(?:change|set|update|edit|modify|make|replace)\\s+(.+?)(?:'s)?\\s+${DESCRIPTION}\\s+(?:to|as|into|with|:|=)\\s*(.+)$`,
  'is',
)
const describeAs = /^describe\s+(.+?)\s+(?:as|with|by|:)\s*(.+)$/is
const describeWith = new RegExp(
  `^(?:add|put|attach|write|append)\\s+(?:a\\s+|the\\s+)?${DESCRIPTION}\\s+(?:to|on|for)\\s+(${NOUN}\\s*#?\\d+|#\\d+|it|that|.+?\\b${NOUN})\\s*(?:[:,-]|saying|that says|to say)?\\s+(.+)$`,
  'is',
)
const describeOnto = new RegExp(
  `^(?:add|put|attach|write)\\s+(?:a\\s+|the\\s+)?${DESCRIPTION}\\s*:?\\s+(["'].+["'])\\s+(?:to|on|for)\\s+(.+)$`,
  'is',
)
const undescribe = new RegExp(
  `^(?:clear|remove|delete|erase|drop)\\s+(?:the\\s+)?${DESCRIPTION}\\s+(?:of|for|from|on)\\s+(.+)$`,
  'is',
)

const describe: Rule = (said, text) => {
  const cleared = undescribe.exec(said)?.[1]
  if (cleared !== undefined) return { do: 'update', target: targetOf(cleared), description: null }
  const onto = describeOnto.exec(said)
  if (onto !== null) return { do: 'update', target: targetOf(onto[2] ?? ''), description: unquoted(onto[1] ?? '') }
  for (const pattern of [describeOf, describeWith, describeAs, describeIts]) {
    const [, target, description] = pattern.exec(text) ?? []
    if (target !== undefined && description !== undefined) {
      return { do: 'update', target: targetOf(target), description: unquoted(description) }
    }
  }
  return undefined
}

const renames = [
  // The new title in quotes, or what follows the noun or number, tells best where the old one ends.
  /^(?:change|rename|update|edit|modify|retitle|reword|replace|correct|set|make|turn)\s+(.+?)\s+(?:to|into|as|with|be|say|->|=>|=|:)\s+("[^"]+"|'.+')$/is,
  new RegExp(
    `^(?:change|rename|update|edit|modify|retitle|reword|replace|correct|set|turn)\\s+(.*?\\b(?:${NOUN}|#)\\s*(?:number\\s*|no\\.?\\s*)?#?(?:\\d+)?(?:'s)?(?:\\s+(?:title|name|text))?)\\s*(?:\\s(?:to|into|as|with)|->|=>|=|:)\\s+(.+)$`,
    'is',
  ),
  /^(?:change|rename|update|edit|modify|retitle|reword|replace|correct|set|turn)\s+(.+?)\s*(?:\s(?:to|into|as|with)|->|=>|=|:)\s+(.+)$/is,
  new RegExp(`^(?:call|name)\\s+(${NOUN}\\s*#?\\d+|#?\\d+|it|that)\\s+(.+)$`, 'is'),
  new RegExp(`^(${NOUN}\\s*#?\\d+|#\\d+)\\s+should\\s+(?:be(?: called)?|say|read)\\s+(.+)$`, 'is'),
  new RegExp(`^make\\s+(${NOUN}\\s*#?\\d+|#\\d+)\\s+(?:say|read)\\s+(.+)$`, 'is'),
]
const unfinishedRename = new RegExp(`^(?:change|rename|update|edit|modify|retitle)\\s+(.+)$`, 'is')

const rename: Rule = (said, text) => {
  for (const pattern of renames) {
    const [, named, title] = pattern.exec(text) ?? []
    if (named === undefined || title === undefined || /^(?:a|an)\s/i.test(named)) continue
    const refused = /["']/.test(named) ? undefined : propertyIn(named)
    if (refused !== undefined) return refused
    const phrase = named
      .replace(/^(?:the\s+)?(?:title|name|text|wording)\s+(?:of|for)\s+/i, '')
      .replace(/(?:'s)?\s+(?:title|name|text)$/i, '')
    return { do: 'update', target: targetOf(phrase), title: capital(unquoted(title)) }
  }
  const target = unfinishedRename.exec(said)?.[1]
  return target === undefined ? undefined : (propertyIn(target) ?? { do: 'update', target: targetOf(target) })
}

const COMPLETE = '(?:complete|completed|done|finished|checked(?: off)?|off|as done)'
const INCOMPLETE =
  '(?:not\\s+(?:yet\\s+)?(?:complete|completed|done|finished)(?:\\s+yet)?|incomplete|uncompleted|pending|open|undone|unfinished|not done|active|to-?do|to do)'
const reopens = [
  new RegExp(
    `^(?:mark|set|flag|make|put|move|change|switch)\\s+(.+?)\\s+(?:back\\s+)?(?:as\\s+|to\\s+|to be\\s+)?(?:being\\s+)?${INCOMPLETE}(?:\\s+again)?$`,
    'is',
  ),
  new RegExp(`^mark\\s+as\\s+${INCOMPLETE}:?\\s+(.+)$`, 'is'),
  /^(?:reopen|re-open|uncomplete|un-complete|uncheck|untick|unmark|unfinish|restart|reactivate|resume)\s+(.+)$/is,
  /^(.+?)\s+(?:is|are|was|were)(?:n't|\s+not)\s+(?:actually\s+|really\s+|yet\s+)?(?:done|completed?|finished)(?:\s+(?:yet|after all|actually))?$/is,
  /^i\s+(?:have\s*n't|have\s+not|did\s*n't|did\s+not)\s+(?:actually\s+|really\s+|yet\s+)?(?:done|do|completed?|finish(?:ed)?)\s+(.+?)(?:\s+(?:yet|after all|actually))?$/is,
]
const completes = [
  new RegExp(
    `^(?:mark|set|flag|make|put|move|change|tick|check|get)\\s+(.+?)\\s+(?:as\\s+|to\\s+|to be\\s+)?(?:being\\s+)?${COMPLETE}$`,
    'is',
  ),
  new RegExp(`^mark\\s+(?:as\\s+)?${COMPLETE}:?\\s+(.+)$`, 'is'),
  /^(?:check|tick|cross|strike|mark)\s+off\s+(.+)$/is,
  /^(?:cross|strike|scratch)\s+(.+?)\s+off(?:\s+(?:my|the)\s+(?:\S+\s+)?list)?$/is,
  /^(?:complete|finish|close|tick|check|resolve|finalize|finalise|done with|done|finished with|finished|completed|mark)\s*:?\s+(.+)$/is,
  /^i\s*(?:'m|\s+am)\s+(?:now\s+|all\s+)?(?:done|finished|through)\s+with\s+(.+)$/is,
  /^i(?:'ve|\s+have)?\s+(?:just\s+|already\s+|now\s+)?(?:finished|completed|done|did|ticked off|checked off|taken care of|took care of)\s+(?:with\s+)?(.+)$/is,
  /^(.+?)\s*(?:\s(?:is|are|has been|have been|was)|'s)\s+(?:now\s+|all\s+|already\s+|finally\s+)?(?:done|complete|completed|finished)(?:\s+now)?$/is,
]
const deletes = [
  /^(?:delete|remove|erase|discard|drop|trash|get rid of|throw (?:away|out)|scrap|bin|kill|destroy|wipe(?: out)?|clear(?: out)?|cancel|empty)\s+(.+)$/is,
  /^(?:take|get)\s+(.+?)\s+(?:off|out of)\s+(?:my|the)\s+(?:\S+\s+)?list$/is,
  /^(?:forget)\s+(?:about\s+)?((?:the\s+)?(?:.+\s+)?(?:task|todo|item)(?:\s*#?\d+)?)$/is,
  /^i\s+(?:don't|do not|no longer)\s+(?:need|want)\s+(.+?\b(?:task|todo|item)\b(?:\s*#?\d+)?)(?:\s+(?:any ?more|any longer))?$/is,
]

/** A rule for commands on tasks that are there: what follows “a” or “new” is none of them. */
function onTasks(patterns: readonly RegExp[], act: 'complete' | 'reopen' | 'delete'): Rule {
  return (said) => {
    if (/^(?:what|which|show|list|how|do i|did i|have i|who|when|why|where)\b/i.test(said)) return undefined
    for (const pattern of patterns) {
      const phrase = pattern.exec(said)?.[1]
      if (phrase === undefined || /^(?:an?|new)\s+(?:new\s+)?\S+\s+\S/i.test(phrase)) continue
      return { do: act, target: targetOf(phrase) }
    }
    return undefined
  }
}

const missing = new RegExp(`^(complete|finish|delete|remove|reopen)$`, 'i')
const withoutTarget: Rule = (said) => {
  const verb = missing.exec(said)?.[1]?.toLowerCase()
  if (verb === undefined) return undefined
  const act = verb === 'reopen' ? 'reopen' : verb === 'delete' || verb === 'remove' ? 'delete' : 'complete'
  return { do: act, target: { by: 'nothing' } }
}

const trash: Rule = (said) =>
  /\b(?:trash|deleted (?:tasks|ones|items)|recycle bin)\b/i.test(said) &&
  /^(?:show|list|what|which|empty|view|see|restore|display)/i.test(said)
    ? { do: 'refuse', what: 'trash' }
    : undefined

const count: Rule = (said) =>
  /^(?:how many|count|what(?:'s| is) the (?:number|count)|number of)\b/i.test(said) &&
  /\b(?:tasks?|todos?|to-dos?|items?|things|left|pending|done|completed|have i)\b/i.test(said)
    ? { do: 'count', status: statusIn(said.replace(/\bdo i\b/i, '')) ?? 'all' }
    : undefined

const searches = [
  new RegExp(
    `^(?:find|search(?: for)?|look for|look up)\\s+(?:me\\s+)?(?:all\\s+|my\\s+|any\\s+|the\\s+|a\\s+)*(?:${NOUN}s?\\s+)?(?:about|with|for|containing|mentioning|called|named|that (?:contain|mention)s?|related to|on)?\\s*(.+)$`,
    'is',
  ),
  new RegExp(
    `^(?:show|list|display|get|give|which|what|are there|is there|do i have)\\s+(?:me\\s+)?(?:all\\s+|my\\s+|any\\s+|the\\s+|a\\s+|an\\s+|of\\s+)*${NOUN}s?\\s+(?:(?:do|that|which|are|is|i have)\\s+)*(?:about|containing|contain|mentioning|mention|called|named|related to|regarding|with the word)\\s+(.+)$`,
    'is',
  ),
]

const search: Rule = (said) => {
  for (const pattern of searches) {
    const what = pattern.exec(said)?.[1]
    if (what !== undefined && !/^(?:all|my|tasks?)$/i.test(what)) {
      return {
        do: 'list',
        status: 'all',
        search: unquoted(what.replace(new RegExp(`\\s+${NOUN}s?$`, 'i'), '')),
        dated: false,
      }
    }
  }
  return undefined
}

const shown = new RegExp(
  `^(?:show|display|see|view|open|read|tell me about|give me|what(?:'s| is)(?: in)?|details of)\\s+(?:me\\s+)?((?:${NOUN})\\s*(?:number\\s*|no\\.?\\s*)?#?\\d+|#\\d+)$`,
  'i',
)

const show: Rule = (said) => {
  const phrase = shown.exec(said)?.[1]
  return phrase === undefined ? undefined : { do: 'show', target: targetOf(phrase) }
}

const ASKS =
  /^(?:show|list|display|see|view|print|give|get|tell|read|fetch|pull up|what|what's|whats|which|do i|have i|did i|is there|are there|any|anything|let me see|my|all|everything|pending|completed|done|open|tasks|todos|to-dos|todo|to-do|where|check|review|remaining|unfinished|finished)\b/i
const LISTABLE =
  /\b(?:tasks?|todos?|to-dos?|to-do|lists?|items?|things|everything|all|pending|open|completed?|done|finish(?:ed)?|remaining|left|outstanding|unfinished|incomplete|next|accomplished?|(?:have|need|supposed|got) to(?: do)?|should i|must i|to do|did i|on my plate|agenda|anything|up)\b/i

const list: Rule = (said) => {
  if (!ASKS.test(said) || !LISTABLE.test(said)) return undefined
  if (
    /\b(?:weather|joke|news|time is it|meaning|capital|president|recipe|song|story|poem|password|secret|prompt)\b/i.test(
      said,
    )
  )
    return undefined
  if (said.split(' ').length > 14) return undefined
  const whole =
    /\b(?:all|everything|every)\b/i.test(said) &&
    !/\b(?:pending|open|completed|done|finished|unfinished|incomplete|remaining|left)\b/i.test(said)
  const status: Status = whole
    ? 'all'
    : (statusIn(said.replace(/\bto-?do(?:s| list| items)\b|\btodos?\b(?! do)/gi, 'tasks')) ?? 'all')
  return {
    do: 'list',
    status,
    dated:
      /\b(?:today|tomorrow|tonight|week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday|due|overdue)\b/i.test(
        said,
      ),
  }
}

const beyond: Rule = (said) =>
  /^(?:set|make|change|assign|share|send|e-?mail|schedule|prioriti[sz]e|tag|label|snooze|postpone|move|export|star|pin|invite|delegate|text|message|print)\b/i.test(
    said,
  )
    ? propertyIn(said)
    : undefined

const rules: readonly Rule[] = [
  smallTalk,
  consent,
  undo,
  others,
  describe,
  remember,
  add,
  trash,
  onTasks(reopens, 'reopen'),
  onTasks(completes.slice(0, 4), 'complete'),
  onTasks(deletes, 'delete'),
  withoutTarget,
  count,
  need,
  rename,
  show,
  search,
  list,
  onTasks(completes.slice(4), 'complete'),
  addWeakly,
  beyond,
]
