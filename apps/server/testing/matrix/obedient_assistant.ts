import type { Assistant } from '@taskwire/api'
import { z } from 'zod'

const described = z.object({ tool: z.string(), args: z.unknown() })

/** Makes the call that a message describes as JSON, and repeats the message in its answer. */
export const obedientAssistant: Assistant = {
  async answer({ message, tools, onDelta }) {
    const call = callIn(message)
    await tools.find(({ name }) => name === call?.tool)?.run(call?.args)
    const response = `You said: ${message}`
    onDelta?.(response)
    return { response, model: 'script' }
  },
}

function callIn(message: string): z.infer<typeof described> | undefined {
  try {
    return described.safeParse(JSON.parse(message)).data
  } catch {
    return undefined
  }
}
