import { saysYes } from '@taskwire/api/consent'
import { numberOf } from '../text.ts'
import type { Rule } from './rule.ts'

// Messages that name no task: greetings, thanks, help, yes and no, undo.

export const smallTalk: Rule = (phrase) => {
  if (
    /^(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|greetings)(?:\s+(?:there|assistant|taskwire))?$/i.test(
      phrase,
    )
  )
    return { do: 'greet' }
  if (
    /^(?:thanks|thank you|thx|ty|cheers|great|nice|perfect|cool|awesome|well done|good job)(?:\s+(?:so much|a lot|very much|you|a bunch|again))*$/i.test(
      phrase,
    )
  )
    return { do: 'thanks' }
  if (
    /^(?:help|\?+|commands|usage|what can (?:you|i) (?:do|say|ask)(?: here)?|how do(?:es)? (?:this|it|you) work|what do you do|who are you|what are you|are you (?:an? )?(?:ai|bot|human|real|robot|person|llm|model|chatgpt|gpt).*|what(?:'s| is) (?:this|your name)|which model (?:are you|is this)|how can you help(?: me)?|what (?:commands|features).*)$/i.test(
      phrase,
    )
  ) {
    return { do: 'help' }
  }
  return undefined
}

export const consent: Rule = (phrase, text) => {
  if (saysYes(text)) return { do: 'yes' }
  return /^(?:no|nope|nah|n|no,? (?:thanks|thank you|don'?t|keep .*|leave .*|cancel.*)|cancel|cancel (?:that|it)|never ?mind|stop|don'?t|do not|abort|forget it|leave (?:it|them))$/i.test(
    phrase,
  )
    ? { do: 'no' }
    : undefined
}

export const undo: Rule = (phrase) => {
  const seq = /^(?:undo|revert|take back|roll back)\s+(?:change|seq|number)\s*(?:number|no\.?|#)?\s*(\d{1,9})$/i.exec(
    phrase,
  )
  if (seq !== null) return { do: 'undo', times: 1, seq: Number(seq[1]) }
  const several =
    /^(?:undo|revert|take back|roll back)\s+(?:the\s+|my\s+|your\s+)?(?:last|latest|previous)\s+(\w+)(?:\s+(?:changes|things|actions|steps|edits|ones|commands))?$/i.exec(
      phrase,
    )
  const times = numberOf(several?.[1] ?? '')
  if (times !== undefined && times > 0) return { do: 'undo', times: Math.min(times, 50) }
  return /^(?:(?:oops|wait|no|sorry|damn)[,.!]*\s+)*(?:undo|revert|roll ?back|take back|take (?:that|it|this) back|put (?:it|that) back|bring (?:it|that|the task|them) back|restore (?:it|that|this|the (?:deleted )?task)|un-?delete(?: (?:it|that))?|reverse)(?:\s+(?:that|it|this|again|once more|one more|everything you just did|what you (?:just )?did|(?:the|my|your|that|this)\s+(?:(?:last|latest|previous|recent)\s+)?(?:change|action|thing|one|step|edit|deletion|delete|removal|update|addition|completion|move|command|operation)))*$|^oops$/i.test(
    phrase,
  )
    ? { do: 'undo', times: 1 }
    : undefined
}
