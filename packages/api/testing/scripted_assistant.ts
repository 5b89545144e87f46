import type { Assistant, AssistantTool, Question } from '../src/chat/assistant.ts'

export interface Scripted extends Assistant {
  /** What it does with the next questions. */
  script: (question: Question, tool: (name: string) => AssistantTool) => Promise<string>
  readonly asked: readonly Question[]
}

/** An assistant that does what a test says, in place of a model. */
export function scriptedAssistant(): Scripted {
  const asked: Question[] = []
  const scripted: Scripted = {
    asked,
    script: async () => 'Hello.',
    async answer(question) {
      asked.push(question)
      const tool = (name: string) => {
        const found = question.tools.find((each) => each.name === name)
        if (found === undefined) throw new Error(`no tool ${name}`)
        return found
      }
      const response = await scripted.script(question, tool)
      question.say?.(response)
      return { response, model: 'script' }
    },
  }
  return scripted
}
