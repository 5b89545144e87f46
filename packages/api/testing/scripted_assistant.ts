import type { Assistant, AssistantTool, AssistantRequest } from '../src/chat/assistant.ts'

export interface ScriptedAssistant extends Assistant {
  /** Answers all further requests. */
  script: (request: AssistantRequest, tool: (name: string) => AssistantTool) => Promise<string>
  readonly requests: readonly AssistantRequest[]
}

/** An assistant that runs a test's script instead of a model. */
export function scriptedAssistant(): ScriptedAssistant {
  const requests: AssistantRequest[] = []
  const scripted: ScriptedAssistant = {
    requests,
    script: async () => 'Hello.',
    async answer(request) {
      requests.push(request)
      const tool = (name: string) => {
        const found = request.tools.find((each) => each.name === name)
        if (found === undefined) throw new Error(`no tool ${name}`)
        return found
      }
      const response = await scripted.script(request, tool)
      request.onDelta?.(response)
      return { response, model: 'script' }
    },
  }
  return scripted
}
