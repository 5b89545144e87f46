import { openDocument } from '@taskwire/offline/testing/document'
import { taskWith } from '@taskwire/offline/testing'
import { createElement } from 'react'
import { expect, test } from 'vitest'
import { fakeWorkspace } from '../../testing/workspace.ts'
import { draftOf } from '../list/draft.ts'
import { Boundary } from './boundary.tsx'
import { FailedPage } from './failed_page.tsx'

/** The app in its boundary, of which a part fails, and how often the page was loaded again. */
async function failing(drafts: Parameters<ReturnType<typeof fakeWorkspace>['workspace']['drafts']['save']>[0] = {}) {
  const screen = await openDocument()
  let reloads = 0
  Object.assign(location, { reload: () => reloads++ })
  const { workspace, wrap } = fakeWorkspace()
  workspace.drafts.save(drafts)
  function App(): never {
    throw new RangeError('Not a day: 0002-12-24')
  }
  // React logs what a boundary has caught.
  const { error } = console
  Object.assign(console, { error: () => {} })
  const boundary = createElement(Boundary, { fallback: createElement(FailedPage), children: createElement(App) })
  await screen.render(wrap(boundary))
  Object.assign(console, { error })
  const buttons = () => [...screen.body.querySelectorAll('button')].map(({ textContent }) => textContent)
  return { ...screen, buttons, drafts: workspace.drafts, reloads: () => reloads }
}

test('where the app cannot be shown it says so, and that nothing is lost, and is loaded again', async () => {
  const { buttons, click, find, reloads, unmount } = await failing()
  expect(find('[role=alert]').textContent).toMatch(/^Something went wrong.*could not show this page.*changes are safe/)
  expect(buttons()).toEqual(['Reload'])
  await click('.button-primary')
  expect(reloads()).toBe(1)
  await unmount()
})

test.each([{ edit: draftOf(taskWith()) }, { new_task: 'Call every 0002-12-24' }])(
  'a draft is kept over a reload, or discarded before it: %j',
  async (draft) => {
    const { buttons, click, drafts, reloads, unmount } = await failing(draft)
    expect(buttons()).toEqual(['Reload', 'Discard the draft and reload'])
    await click('.button-primary')
    expect([drafts.load(), reloads()]).toMatchObject([draft, 1])
    await click('.button-plain')
    expect([drafts.load(), reloads()]).toEqual([{ new_task: '', edit: undefined }, 2])
    await unmount()
  },
)
