/** The texts of reminders that come. */
export const reminders = {
  message: (title: string) => `Reminder: “${title}”`,
  dueToday: 'Reminder',
  dueAt: (time: string) => `Due at ${time}`,
  notifications: 'Notifications',
  allow: 'Allow notifications',
  states: {
    default: 'Reminders show on this page. Allow notifications to see them from other windows too.',
    granted: 'Reminders come as notifications while Taskwire is open in a tab or as an app.',
    denied: 'This browser blocks notifications of Taskwire. You can allow them in its settings for this page.',
    missing: 'This browser has no notifications. Reminders show on this page.',
  },
  push: {
    closed: 'Also while Taskwire is closed, in this browser',
    showsTitle: 'Show the title of the task and when it is due',
    missing: 'This browser shows no notifications while Taskwire is closed.',
    install:
      'On an iPhone or iPad notifications need the app: in the Share menu choose “Add to Home Screen”, then open it.',
    failed: 'This browser could not be connected. It may block notifications in private windows, or be offline.',
  },
} as const
