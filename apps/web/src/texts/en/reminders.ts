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
} as const
