import type { Page } from 'playwright-core'
import { add, setOffline, settled } from './page_steps.ts'
import type { Person } from './test_app.ts'

export interface View {
  readonly name: string
  /** Brings the app there from the view before. */
  readonly show: (person: Person) => Promise<void>
}

async function open(person: Person, hash: string): Promise<void> {
  await person.page.evaluate((to) => {
    location.hash = to
  }, hash)
}

/** What a visitor sees, in an order in which one leads to the next. */
export const doorViews: readonly { readonly name: string; readonly show: (page: Page) => Promise<void> }[] = [
  {
    name: 'sign-in',
    show: (page) => page.getByRole('heading', { name: 'Sign in' }).waitFor(),
  },
  {
    name: 'sign-up',
    async show(page) {
      await page.getByRole('button', { name: 'Create an account' }).click()
      await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    },
  },
  {
    name: 'sign-in-refused',
    async show(page) {
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByLabel('E-mail').fill('ada@example.com')
      await page.getByLabel('Password').fill('something else')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('That e-mail and password do not belong together.').waitFor()
    },
  },
]

/** Every view of somebody who is signed in, in an order in which one leads to the next. */
export const views: readonly View[] = [
  {
    name: 'tasks',
    async show(person) {
      const { page, rest } = person
      await add(page, 'Renew the passport', 'Book train tickets to Ghent', 'Water the plants')
      await settled(page)
      await rest('POST', '/tasks', {
        title: 'Call the plumber about the kitchen tap',
        description: 'Mornings only. Ask for the pressure valve too.',
      })
      await page.getByText('Mornings only').waitFor()
      await page.getByRole('checkbox', { name: 'Completed: Water the plants' }).check()
      await settled(page)
    },
  },
  {
    name: 'editing',
    async show({ page }) {
      await page.getByRole('button', { name: 'Edit Call the plumber' }).click()
      await page.getByLabel('Title').waitFor()
    },
  },
  {
    name: 'search',
    async show({ page }) {
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByLabel('Search tasks').fill('the p')
      await page.locator('mark').first().waitFor()
    },
  },
  {
    name: 'deleted',
    async show({ page }) {
      await page.getByLabel('Search tasks').fill('')
      await page.getByRole('button', { name: 'Delete Renew the passport' }).click()
      await page.getByText('“Renew the passport” is in the trash').first().waitFor()
    },
  },
  {
    name: 'trash',
    async show(person) {
      await settled(person.page)
      await open(person, '#/trash')
      await person.page.getByRole('button', { name: 'Restore Renew the passport' }).waitFor()
    },
  },
  {
    name: 'history',
    async show(person) {
      const { page } = person
      await open(person, '#/all')
      await page.getByRole('link', { name: 'History of Water the plants' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: 'History' }).getByText('Completed').waitFor()
    },
  },
  {
    name: 'keys',
    async show(person) {
      const { page } = person
      await open(person, '#/all/keys')
      await page.getByText('There is none yet').waitFor()
    },
  },
  {
    name: 'new-key',
    async show({ page }) {
      await page.getByLabel('Name').fill('Desk agent')
      await page.getByLabel('read and change tasks').check()
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.getByText('It is not shown again').waitFor()
      await page.getByText('reads and changes').waitFor()
    },
  },
  {
    name: 'help',
    async show(person) {
      await open(person, '#/all/help')
      await person.page.getByRole('dialog', { name: 'Keyboard help' }).waitFor()
    },
  },
  {
    name: 'menu',
    async show(person) {
      await open(person, '#/all/menu')
      await person.page.getByRole('dialog', { name: 'Menu' }).waitFor()
    },
  },
  {
    name: 'assistant',
    async show(person) {
      const { page } = person
      await open(person, '#/all/chat')
      await page.getByLabel('Message to the assistant').fill('Add a task to buy groceries')
      await page.keyboard.press('Enter')
      await page.getByText('Undo what the assistant did').waitFor()
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
    async show(person) {
      const { page, rest } = person
      await open(person, '#/all')
      await page.getByRole('button', { name: 'Edit Book train tickets' }).click()
      await page.getByLabel('Title').fill('Book night train tickets to Ghent')
      const tasks = (await rest('GET', '/tasks?search=ghent')) as { id: number }[]
      await rest('PATCH', `/tasks/${tasks[0]?.id}`, { title: 'Book bus tickets to Ghent' })
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: 'This task was changed elsewhere too' }).waitFor()
    },
  },
  {
    name: 'offline',
    async show({ page, context }) {
      await page.getByRole('button', { name: 'Keep mine' }).click()
      await settled(page)
      await setOffline({ context, page }, true)
      await add(page, 'Ask the neighbours for a ladder')
      await page.getByText('Offline, 1 change waits').waitFor()
    },
  },
  {
    name: 'leaving',
    async show(person) {
      await open(person, '#/all/menu')
      await person.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
      await person.page.getByRole('dialog', { name: 'Sign out now?' }).waitFor()
    },
  },
  {
    name: 'failed',
    async show(person) {
      await open(person, '#/trash')
      await person.page.getByText('The trash could not be loaded').waitFor()
    },
  },
]
