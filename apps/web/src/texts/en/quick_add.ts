/** The texts of the line that adds a task. */
export const quickAdd = {
  newTask: 'New task',
  example: 'Add a task: Pay rent tomorrow 5pm #home',
  add: 'Add',
  understood: 'Understood',
  understoodParts: (parts: string) => `Understood: ${parts}`,
  keepPart: (part: string, text: string) => `${part}: keep “${text}” as text`,
  keep: (text: string) => `Keep “${text}” as text`,
  without: (part: string) => `Without ${part}`,
  from: (day: string) => `, from ${day}`,
} as const
