/** The texts of the command palette. */
export const palette = {
  commands: 'Commands',
  open: 'Commands (Ctrl+K)',
  find: 'Find a task or an action',
  goTo: 'Go to',
  add: (text: string) => `Add “${text}”`,
  added: (title: string) => `“${title}” was added`,
  plan: (day: string) => `Due: ${day}`,
  priority: (name: string) => `Priority: ${name}`,
  theme: (name: string) => `Theme: ${name}`,
} as const
