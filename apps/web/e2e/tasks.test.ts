import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, box, clickSlowly, eventually, row, synced, shows, unfold, historyPanel } from './rig/page_steps.ts'
import { openTestApp, PASSWORD, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app.close())

  test('a user signs up, is still signed in after a reload, signs out and signs in again', async () => {
    const page = await app.visitor()
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('Name').fill('Ada')
    await page.getByLabel('Email').fill('ada@example.com')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('checkbox', { name: 'Completed: Tick this task' }).waitFor()
    await page.getByRole('button', { name: 'Remove the samples' }).click()
    await page.getByText('4 tasks were moved to the trash').waitFor()
    await page.getByText('No tasks yet').waitFor()
    await add(page, 'Stay')
    await synced(page)
    await page.reload()
    await shows(page, ['Stay'])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByLabel('Email').fill('ada@example.com')
    await page.getByLabel('Password').fill('something else')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Incorrect email or password.').waitFor()
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await shows(page, ['Stay'])
  })

  test('signing up with the email of an existing account shows a message', async () => {
    const { email } = await app.user()
    const page = await app.visitor()
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('Name').fill('Again')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('An account with this email already exists').waitFor()
  })

  test('tasks are added with Enter, completed, edited in place and deleted, and the server has every step', async () => {
    const { page, rest } = await app.user()
    await add(page, 'One', 'Two', 'Three')
    await shows(page, ['Three', 'Two', 'One'])
    await box(page, 'Two').check()
    await page.getByRole('button', { name: 'Edit One' }).click()
    await page.getByLabel('Title').fill('One, changed')
    await page.getByLabel('Description').fill('With a description')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Delete Three' }).click()
    await shows(page, ['One, changed'])
    await page.getByText('Completed 1').waitFor()
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([
      { title: 'Two', completed: true },
      { title: 'One, changed', description: 'With a description', completed: false },
    ])
  })

  test('priority, dates, tags and a checklist are edited, shown, and cleared again', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Rent')
    await page.getByRole('button', { name: 'Edit Rent' }).click()
    await page.getByLabel('Priority', { exact: true }).selectOption('high')
    await page.getByLabel('Due time').fill('17:00')
    await page.getByRole('combobox', { name: 'Tags' }).fill('Home, #flat')
    await page.getByRole('button', { name: 'Add item' }).click()
    await page.keyboard.type('Ask')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Pay')
    await page.getByRole('checkbox', { name: 'Done: Ask' }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('A due time needs a due date.').waitFor()
    await page.getByLabel('Due date').fill('2026-12-01')
    await page.getByLabel('Time zone').fill('Europe/Berlin')
    await page.getByRole('button', { name: 'Save' }).click()
    for (const label of ['High priority', '1/2 done', '#home', '#flat']) {
      await page.locator('.row-label', { hasText: label }).waitFor()
    }
    const due = page.getByTitle('Due 2026-12-01 17:00 Europe/Berlin')
    await due.waitFor()
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([
      {
        priority: 'high',
        due_at: '2026-12-01T16:00:00.000Z',
        tags: ['home', 'flat'],
        checklist: [
          { text: 'Ask', done: true },
          { text: 'Pay', done: false },
        ],
      },
    ])
    await page.getByRole('button', { name: 'Edit Rent' }).click()
    await page.getByLabel('Due date').fill('')
    await page.getByLabel('Due time').fill('')
    await page.getByLabel('Time zone').fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await due.waitFor({ state: 'detached' })
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ due_date: null, due_at: null, tags: ['home', 'flat'] }])
  })

  test('a title of 201 characters is rejected with a message and the text stays', async () => {
    const { page } = await app.user()
    await page.getByLabel('New task').fill('é'.repeat(201))
    await page.getByLabel('New task').press('Enter')
    await page.getByText('The title has 201 characters; the maximum is 200.').waitFor()
    expect(await page.getByLabel('New task').inputValue()).toHaveLength(201)
    await page.getByLabel('New task').fill('🎉'.repeat(200))
    await page.getByLabel('New task').press('Enter')
    await shows(page, ['🎉'.repeat(200)])
    await synced(page)
  })

  test('search and sorting show the right tasks, completed ones fold away, and views show counts', async () => {
    const { page } = await app.user()
    await add(page, 'Banana bread', 'apple pie', 'Cherry 100%', 'apple juice')
    await box(page, 'apple pie').check()
    const views = page.getByRole('navigation', { name: 'Views' })
    await eventually(async () =>
      expect(await views.getByRole('link').allTextContents()).toEqual([
        'Today0',
        'Upcoming0',
        'All3',
        'Completed1',
        'Trash',
      ]),
    )
    await shows(page, ['apple juice', 'Cherry 100%', 'Banana bread'])
    await views.getByRole('link', { name: 'Completed' }).click()
    await shows(page, ['apple pie'])
    // Sorted before the page has followed the link.
    await views.getByRole('link', { name: 'All' }).evaluate((link: HTMLElement) => {
      link.click()
      const sort = document.querySelector<HTMLSelectElement>('.select[aria-label="Sort"]')
      if (sort === null) throw new Error('there is no field to sort by')
      sort.value = 'title'
      sort.dispatchEvent(new Event('change', { bubbles: true }))
    })
    await shows(page, ['apple juice', 'Banana bread', 'Cherry 100%'])
    await page.getByLabel('Sort').selectOption('Title Z to A')
    await shows(page, ['Cherry 100%', 'Banana bread', 'apple juice'])
    await page.getByLabel('Sort').selectOption('Title A to Z')
    await shows(page, ['apple juice', 'Banana bread', 'Cherry 100%'])
    await unfold(page)
    await shows(page, ['apple juice', 'Banana bread', 'Cherry 100%', 'apple pie'])
    await page.getByRole('button', { name: 'Completed', expanded: true }).click()
    await page.getByLabel('Search tasks').fill('ÀPPLE')
    await shows(page, ['apple juice', 'apple pie'])
    await page.getByLabel('Search tasks').fill('%')
    await shows(page, ['Cherry 100%'])
    await page.getByLabel('Search tasks').fill('nothing like it')
    await page.getByRole('button', { name: 'Clear search' }).click()
    await shows(page, ['apple juice', 'Banana bread', 'Cherry 100%'])
  })

  test('a deletion is undone from its message, anything is undone with Ctrl+Z and redone with Ctrl+Shift+Z', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Keep me')
    await synced(page)
    const [before] = (await rest('GET', '/tasks')) as { id: number }[]
    await page.getByRole('button', { name: 'Delete Keep me' }).click()
    await shows(page, [])
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await shows(page, ['Keep me'])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ id: before?.id, title: 'Keep me' }])
    await box(page, 'Keep me').check()
    await synced(page)
    await page.keyboard.press('Control+z')
    await eventually(async () => expect(await box(page, 'Keep me').isChecked()).toBe(false))
    await synced(page)
    await page.keyboard.press('Control+Shift+z')
    await shows(page, [])
    await synced(page)
    expect(await rest('GET', '/tasks')).toMatchObject([{ completed: true }])
  })

  test('a deleted task is in the trash and is restored from there', async () => {
    const { page } = await app.user()
    await add(page, 'Old', 'New')
    await page.getByRole('button', { name: 'Delete Old' }).click()
    await synced(page)
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByRole('button', { name: 'Restore Old' }).click()
    await page.getByText('The trash is empty').waitFor()
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'All' }).click()
    await shows(page, ['New', 'Old'])
  })

  test('changes from another window and from the API are shown without a reload', async () => {
    const { page, rest, elsewhere } = await app.user()
    const other = await elsewhere()
    await synced(other)
    await add(page, 'Seen there')
    await shows(other, ['Seen there'])
    await rest('POST', '/tasks', { title: 'By a script' })
    await shows(page, ['By a script', 'Seen there'])
    await shows(other, ['By a script', 'Seen there'])
    await box(other, 'By a script').check()
    await shows(page, ['Seen there'])
    await clickSlowly(page, page.getByRole('button', { name: 'Edit Seen there' }), async () => {
      await rest('POST', '/tasks', { title: 'Meanwhile' })
      await page.getByRole('link', { name: 'All 2' }).waitFor()
    })
    await eventually(async () => expect(await page.getByLabel('Title').inputValue()).toBe('Seen there'))
    await shows(page, ['Meanwhile', 'Seen there'])
    const pane = page.getByRole('complementary', { name: 'Task' })
    await pane.waitFor()
    const [seen] = (await rest('GET', '/tasks?search=Seen')) as { id: number }[]
    await rest('DELETE', `/tasks/${seen?.id}`)
    await page.getByText('“Seen there” was deleted while you were editing it').first().waitFor()
    await shows(page, ['Meanwhile'])
    await pane.waitFor({ state: 'detached' })
  })

  test('the history shows what changed, when and where it came from', async () => {
    const { page, rest } = await app.user()
    await add(page, 'Watched')
    await synced(page)
    const [task] = (await rest('GET', '/tasks')) as { id: number }[]
    await rest('PATCH', `/tasks/${task?.id}`, { title: 'Watched closely' })
    await shows(page, ['Watched closely'])
    await row(page, 'Watched closely').hover()
    await page.getByRole('link', { name: 'History of Watched closely' }).click()
    const history = historyPanel(page)
    await history.getByText('You, through the REST API').waitFor()
    await history.getByText('You, in an app').waitFor()
    await eventually(async () => expect(await history.locator('del').allTextContents()).toEqual(['Watched']))
    await history.getByRole('button', { name: 'Undo this' }).click()
    await history.getByText('Updated (undo)').waitFor()
    await page.keyboard.press('Escape')
    await shows(page, ['Watched'])
  })

  test('an API key is created, shown once, works for an agent and is revoked', async () => {
    const { page, id } = await app.user()
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByLabel('Name').fill('My agent')
    await page.getByLabel('Read and write').check()
    await page.getByRole('button', { name: 'Create key' }).click()
    const key = (await page.locator('.new-key code.secret-value').textContent()) ?? ''
    expect(key).toMatch(/^tw_/)
    expect(JSON.parse((await page.locator('pre.secret-value').textContent()) ?? '')).toEqual({
      mcpServers: {
        taskwire: { type: 'http', url: `${app.server.url}/mcp`, headers: { Authorization: `Bearer ${key}` } },
      },
    })
    const post = () =>
      fetch(`${app.server.url}/api/${id}/tasks`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ title: 'By the agent' }),
      })
    expect((await post()).status).toBe(201)
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('Access: read and write').waitFor()
    await page.getByRole('button', { name: 'Revoke My agent' }).click()
    await page.getByRole('button', { name: 'Confirm revoking My agent' }).click()
    await page.getByText('No API keys yet.').waitFor()
    await eventually(async () => expect((await post()).status).toBe(401))
  })

  test('no request went to another host, and no browser logged an error', () => {
    expect([...app.hosts]).toEqual([new URL(app.server.url).host])
    expect(app.consoleErrors).toEqual([])
  })
})
