import { rule, type Rule } from './rule.ts'

// Messages that name no task.

export const smallTalkRules: readonly Rule[] = [
  rule(
    `hi|hello|hey|hiya|howdy|greetings|yo [there|assistant|taskwire|again|everyone]
     good morning|afternoon|evening|day [assistant|taskwire]`,
    () => ({ do: 'greet' }),
  ),
  rule(
    `thanks|ty|cheers|great|nice|perfect|cool|awesome|wonderful|excellent|brilliant [thanks|thank you] [so much|a lot|very much|a bunch|again|you]
     (thank you|well done|good job|nice work|great job|got it|much appreciated) [so much|a lot|very much|again]
     (great|perfect|nice|okay|cool|awesome|alright) (thanks|thank you)`,
    () => ({ do: 'thanks' }),
  ),
  rule(
    `(bye|goodbye|good night|see you|see you later|see ya|ciao|bye bye|talk to you later|that's all|that is all|that will be all) [for now|for today|then|later|tomorrow|thanks]`,
    () => ({ do: 'bye' }),
  ),
  rule(
    `help [me|please]
     commands|usage|?|??|???
     (i need|need) [some] help
     (what can|what could) you|i (do|say|ask|help with) [here|for me]
     how (does|do) (this|it|you) work
     how (do i use|to use) (this|you|it)
     what do you do
     (who|what) are you
     are you [a|an] (ai|bot|human|real|robot|person|llm|model|chatgpt|gpt|machine)
     (what is|what's) (this|your name)
     (which model|what model) (are you|is this)
     how can you help [me]
     what (commands|features) [do you have|are there|can i use|do you know|do you understand]`,
    () => ({ do: 'help' }),
  ),
  rule(
    `(yes|yeah|yep|yup|y|sure|okay|confirm|confirmed|absolutely|definitely|do it|go ahead|please do|of course|sounds good|ja|oui|si|sí|sim|haan) [i confirm|please|do it|do that|go ahead|please do|sure|thanks|delete them|delete them all|all of them|of course|definitely|confirm] [please|thanks|now]`,
    () => ({ do: 'yes' }),
  ),
  rule(
    `(no|nope|nah|n|cancel|never mind|nevermind|stop|don't|do not|abort|forget it|leave it|leave them|no way|not now|rather not|better not) [thanks|thank you|don't|do not|please|that|it|cancel|never mind|stop|leave it|leave them|not now|keep it|keep them]`,
    () => ({ do: 'no' }),
  ),
]
