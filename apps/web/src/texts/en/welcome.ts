/** The texts for a new user. */
export const welcome = {
  label: 'First steps',
  text: 'These tasks show how it works. Try them, then remove them with one click.',
  connect: 'Connect an agent',
  docs: 'API documentation',
  remove: 'Remove the samples',
  keep: 'Keep the samples',
  samples: {
    tick: 'Tick this task, then undo it with Ctrl+Z',
    add: 'Add a task above: Call Sam tomorrow 9am #home',
    repeats: 'Water the plants: when it is done, the next one comes',
    tag: 'home',
    agent: 'Let an agent work on this list',
    agentText:
      'Open “API keys” for the URL that connects it, or create a key for a script. Whatever an agent changes, you see at once and can undo.',
  },
} as const
