const helpText = `I am Taskwire's built-in offline assistant. I am not a language model: I understand plain English commands about your tasks, and nothing else. I can:
- add: "Add a task to buy milk", "Add pay rent on the 1st every month !high #home", "I need to remember to pay bills"
- list and find: "Show me all my tasks", "What's pending?", "What's due today?", "Find tasks about rent"
- complete and reopen: "Mark task 3 as complete" (the third of the list above), "I finished the report", "Reopen task 3"
- change: "Change task 1 to 'Call mom tonight'", "Move the report to Friday", "Make task 2 high priority", "Tag task 1 as home"
- delete: "Delete the meeting task", "Delete all completed tasks"
- undo: "Undo that"
I do only what I have understood word for word; else I ask.`

/** What is said to what names no task. */
export const fixedReplies = {
  help: helpText,
  greet: `Hello! ${helpText}`,
  thanks: 'You are welcome.',
  bye: 'Goodbye!',
  yes: 'There is nothing waiting for your confirmation. What would you like me to do?',
  no: 'All right.',
  left: 'All right, I will leave everything as it is.',
  trash: 'I cannot show deleted tasks. I can undo what I did in this conversation: say "undo".',
  oneByOne: 'I have to ask about a part of that first, so I have changed nothing. Please tell me one thing at a time.',
} as const
