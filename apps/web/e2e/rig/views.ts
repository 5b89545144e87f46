import type { Page } from 'playwright-core'
import { add, rowAction, setOffline, synced, unfold, historyPanel } from './page_steps.ts'
import type { TestUser } from './test_app.ts'

export interface View {
  readonly name: string
  /** Opens the view from the one before. */
  readonly show: (user: TestUser) => Promise<void>
}

async function open(user: TestUser, hash: string): Promise<void> {
  await user.page.evaluate((to) => {
    location.hash = to
  }, hash)
}

/** The views of a visitor, each reached from the one before. */
export const signedOutViews: readonly { readonly name: string; readonly show: (page: Page) => Promise<void> }[] = [
  {
    name: 'sign-in',
    show: (page) => page.getByRole('heading', { name: 'Sign in' }).waitFor(),
  },
  {
    name: 'sign-up',
    async show(page) {
      await page.getByRole('link', { name: 'Create an account' }).click()
      await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    },
  },
  {
    name: 'sign-up-refused',
    async show(page) {
      await page.getByRole('button', { name: 'Create account' }).click()
      await page.getByText('Enter a name.').waitFor()
    },
  },
  {
    name: 'sign-in-refused',
    async show(page) {
      await page.getByRole('link', { name: 'Sign in' }).click()
      // The form for a new account has fields of the same names.
      await page.getByRole('button', { name: 'Sign in' }).waitFor()
      await page.getByLabel('Email').fill('ada@example.com')
      await page.getByLabel('Password').fill('something else')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('Incorrect email or password.').waitFor()
    },
  },
  {
    name: 'forgotten-password',
    async show(page) {
      await page.getByRole('link', { name: 'Forgot your password?' }).click()
      await page.getByRole('heading', { name: 'Forgot your password' }).waitFor()
    },
  },
  {
    name: 'new-password',
    async show(page) {
      await page.evaluate(() => {
        location.hash = '#/reset-password?token=spent'
      })
      await page.getByLabel('New password').fill('correct horse battery')
      await page.getByRole('button', { name: 'Change the password' }).click()
      await page.getByText('This link has been used').waitFor()
    },
  },
]

/** The views of a signed-in user, each reached from the one before. */
export const views: readonly View[] = [
  {
    name: 'tasks',
    async show(user) {
      const { page, rest } = user
      await add(page, 'Renew the passport', 'Book train tickets to Ghent', 'Water the plants')
      await synced(page)
      await rest('POST', '/tasks', {
        title: 'Call the plumber about the kitchen tap',
        description: 'Mornings only. Ask for the pressure valve too.',
        checklist: [{ text: 'Find the number', done: true }, { text: 'Call' }],
      })
      await page.getByText('Mornings only').waitFor()
      await page.getByRole('button', { name: 'Checklist of Call the plumber' }).click()
      await page.getByRole('checkbox', { name: 'Completed: Water the plants' }).check()
      await unfold(page)
      await synced(page)
    },
  },
  {
    name: 'selected',
    async show({ page }) {
      await rowAction(page, 'Select', 'Renew the passport')
      await page.getByText('1 task selected').waitFor()
    },
  },
  {
    name: 'editing',
    async show({ page }) {
      await page.getByRole('button', { name: 'Clear the selection' }).click()
      await page.getByRole('button', { name: 'Edit Call the plumber' }).click()
      await page.getByLabel('Due date').waitFor()
      await page.getByLabel('Repeats').selectOption('Custom…')
      await page.getByLabel('Reminders', { exact: true }).selectOption('1 day before')
      await page.getByRole('button', { name: 'Add item' }).click()
    },
  },
  {
    name: 'formatted',
    async show({ page }) {
      await page.getByLabel('Description').fill('Ask for **the valve**: https://example.com')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('button', { name: 'Edit Call the plumber' }).click()
      await page.getByRole('link', { name: 'https://example.com' }).waitFor()
    },
  },
  {
    name: 'commands',
    async show({ page }) {
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.keyboard.press('Control+k')
      await page.getByRole('option', { name: 'Upcoming' }).waitFor()
    },
  },
  {
    name: 'search',
    async show({ page }) {
      await page.keyboard.press('Escape')
      await page.getByLabel('Search tasks').fill('the p')
      await page.locator('mark').first().waitFor()
    },
  },
  {
    name: 'deleted',
    async show({ page }) {
      await page.getByLabel('Search tasks').fill('')
      await rowAction(page, 'Delete', 'Renew the passport')
      await page.getByText('“Renew the passport” was moved to the trash').first().waitFor()
    },
  },
  {
    name: 'trash',
    async show(user) {
      await synced(user.page)
      await open(user, '#/trash')
      await user.page.getByRole('button', { name: 'Restore Renew the passport' }).waitFor()
    },
  },
  {
    name: 'history',
    async show(user) {
      const { page } = user
      await open(user, '#/completed')
      await page.getByRole('checkbox', { name: 'Completed: Water the plants' }).focus()
      await page.keyboard.press('h')
      await historyPanel(page).getByText('Completed').waitFor()
    },
  },
  {
    name: 'account',
    async show(user) {
      await open(user, '#/all/account')
      await user.page.getByText('(this one)').waitFor()
      await user.page.getByRole('button', { name: 'Change the password' }).click()
      await user.page.getByText('Enter your password.').waitFor()
      await user.page.getByRole('button', { name: 'Delete account…' }).click()
    },
  },
  {
    name: 'webhooks',
    async show(user) {
      await user.rest('POST', '/webhooks', { url: 'https://hooks.example/tasks', description: 'To the desk lamp' })
      await open(user, '#/all/webhooks')
      await user.page.getByRole('button', { name: 'Deliveries to' }).click()
      await user.page.getByText('Nothing was sent yet.').waitFor()
    },
  },
  {
    name: 'keys',
    async show(user) {
      const { page } = user
      await open(user, '#/all/keys')
      await page.getByText('No API keys yet').waitFor()
    },
  },
  {
    name: 'new-key',
    async show({ page }) {
      await page.getByLabel('Name').fill('Desk agent')
      await page.getByLabel('Read and write').check()
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.getByText('It will not be shown again').waitFor()
      await page.getByText('Access: read and write').waitFor()
    },
  },
  {
    name: 'help',
    async show(user) {
      await open(user, '#/all/help')
      await user.page.getByRole('dialog', { name: 'Keyboard help' }).waitFor()
    },
  },
  {
    name: 'menu',
    async show(user) {
      await open(user, '#/all/menu')
      await user.page.getByRole('dialog', { name: 'Menu' }).waitFor()
    },
  },
  {
    name: 'assistant',
    async show(user) {
      const { page } = user
      await open(user, '#/all/chat')
      await page.getByLabel('Message to the assistant').fill('Add a task to buy groceries')
      await page.keyboard.press('Enter')
      await page.getByText('Undo these changes').waitFor()
    },
  },
  {
    name: 'conversations',
    async show({ page }) {
      await page.getByRole('button', { name: 'Conversations' }).click()
      await page.getByRole('button', { name: 'Delete Add a task to buy groceries' }).waitFor()
    },
  },
  {
    name: 'conflict',
    async show(user) {
      const { page, rest } = user
      await open(user, '#/all')
      await page.getByRole('button', { name: 'Edit Book train tickets' }).click()
      await page.getByLabel('Title').fill('Book night train tickets to Ghent')
      const tasks = (await rest('GET', '/tasks?search=ghent')) as { id: number }[]
      await rest('PATCH', `/tasks/${tasks[0]?.id}`, { title: 'Book bus tickets to Ghent' })
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: 'This task was changed elsewhere' }).waitFor()
    },
  },
  {
    name: 'offline',
    async show({ page, context }) {
      await page.getByRole('button', { name: 'Keep my version' }).click()
      await synced(page)
      await setOffline({ context }, true)
      await add(page, 'Ask the neighbours for a ladder')
      await page.getByText('Offline, 1 change waiting').waitFor()
    },
  },
  {
    name: 'leaving',
    async show(user) {
      await open(user, '#/all/menu')
      await user.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
      await user.page.getByRole('dialog', { name: 'Sign out now?' }).waitFor()
    },
  },
  {
    name: 'failed',
    async show(user) {
      // Without a connection the trash shows what it showed before.
      await user.page.evaluate(() => localStorage.removeItem('taskwire.trash'))
      await open(user, '#/trash')
      await user.page.getByText('The trash could not be loaded').waitFor()
    },
  },
]
