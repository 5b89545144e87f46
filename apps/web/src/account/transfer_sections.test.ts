import { TaskwireError } from '@taskwire/client'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement, type ComponentType } from 'react'
import { numberText } from '../texts/number_text.ts'
import { t } from '../texts/texts.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { ExportSection } from './export_section.tsx'
import { ImportReportView } from './import_report.tsx'
import { ImportSection } from './import_section.tsx'
import { sendImport, type ImportReport } from './send_import.ts'

beforeEach(() => void openPage())

const { data, errors } = t.account

/** A section of the account of a user whose server answers so. */
async function section<Props extends object>(component: ComponentType<Props>, props: Props, answers: object) {
  const said: string[] = []
  const workspace = {
    client: answers,
    user: { id: 'ada' },
    session: { token: async () => 'token' },
    notify: (...texts: string[]) => said.push(texts.join(': ')),
  }
  const screen = await renderScreen(
    createElement(WorkspaceContext, { value: workspace as unknown as Workspace }, createElement(component, props)),
  )
  onTestFinished(screen.unmount)
  return { ...screen, said }
}

/** An export of three parts, of which the last arrives when it is let go, and the files that were saved. */
async function exporting() {
  const asked: object[] = []
  const saved: { name: string; text: Promise<string>; type: string; url: string }[] = []
  const last = Promise.withResolvers<object>()
  const file = { media_type: 'text/csv', file_name: 'taskwire.csv' }
  const parts = [
    { ...file, text: 'a'.repeat(1_000_000), next_cursor: 'c' },
    { ...file, text: 'b', next_cursor: 'd' },
  ]
  const query = async (input: object) => parts[asked.push(input) - 1] ?? last.promise
  const screen = await section(ExportSection, {}, { transfer: { export: { query } } })
  const files = new Map<string, Blob>()
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    const url = `blob:${files.size}`
    if (blob instanceof Blob) files.set(url, blob)
    return url
  })
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void files.delete(url))
  const { prototype } = (window as unknown as { HTMLAnchorElement: typeof HTMLAnchorElement }).HTMLAnchorElement
  prototype.click = function click(this: HTMLAnchorElement) {
    const blob = files.get(this.href)
    if (blob !== undefined) saved.push({ name: this.download, text: blob.text(), type: blob.type, url: this.href })
  }
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  onTestFinished(() => void vi.restoreAllMocks())
  return { ...screen, asked, saved, files, file, last }
}

test('an export says how much has arrived, in whole thousands, and saves all of its parts as one file', async () => {
  const { act, asked, click, document, file, saved, last, text } = await exporting()
  await click(data.formats.csv)
  expect(text()).toContain(data.received(numberText(1001)))
  expect([...document.querySelectorAll('button')].every(({ disabled }) => disabled)).toBe(true)
  expect(saved).toEqual([])
  await act(() => last.resolve({ ...file, text: 'c', next_cursor: null }))
  expect(asked).toEqual([{ format: 'csv' }, { format: 'csv', cursor: 'c' }, { format: 'csv', cursor: 'd' }])
  expect(saved).toMatchObject([{ name: 'taskwire.csv', type: 'text/csv' }])
  expect(await saved[0]?.text).toBe(`${'a'.repeat(1_000_000)}bc`)
  expect(text()).not.toContain(data.received(numberText(1001)))
  expect([...document.querySelectorAll('button')].some(({ disabled }) => disabled)).toBe(false)
})

test('the saved file is let go of a minute after its download has begun', async () => {
  const { act, click, file, files, last } = await exporting()
  await click(data.formats.json)
  await act(() => last.resolve({ ...file, text: 'c', next_cursor: null }))
  vi.advanceTimersByTime(59_999)
  expect(files.size).toBe(1)
  vi.advanceTimersByTime(1)
  expect(files.size).toBe(0)
})

test('an export that fails in the middle saves nothing, says so, and can be tried again', async () => {
  const { act, buttons, click, document, saved, last, text } = await exporting()
  await click(data.formats.ics)
  await act(() => last.reject(new TaskwireError('unreachable')))
  expect([saved, text().includes(errors.unreachable)]).toEqual([[], true])
  expect(text()).not.toContain(data.received(numberText(1001)))
  expect(buttons()).toEqual(Object.values(data.formats))
  expect([...document.querySelectorAll('button')].some(({ disabled }) => disabled)).toBe(false)
})

const row = (number: number, details: object = {}) =>
  ({
    row: number,
    title: '',
    result: 'created',
    lost: [],
    reason: undefined,
    ...details,
  }) as ImportReport['rows'][number]
const reportOf = (details: object) =>
  ({ created: 0, skipped: 0, first_seq: null, last_seq: null, rows: [], ...details }) as ImportReport

/** The report of an import, and what was asked to be undone. */
async function reported(report: ImportReport, isDryRun = false, answer: () => Promise<unknown> = async () => ({})) {
  const undone: object[] = []
  const mutate = (input: object) => {
    undone.push(input)
    return answer()
  }
  const screen = await section(ImportReportView, { report, isDryRun }, { change: { undo: { mutate } } })
  return { ...screen, undone, rows: () => [...screen.document.querySelectorAll('li')].map((item) => item.textContent) }
}

test('a report counts what failed, and names the rows of which something is missing, by number where they have no title', async () => {
  const rows = [
    row(1, { title: 'Whole' }),
    row(2, { title: 'Less', lost: ['url'] }),
    row(3, { result: 'failed', reason: 'no date' }),
    row(4, { title: 'Known', result: 'skipped' }),
  ]
  const report = reportOf({ created: 2, skipped: 1, rows })
  const { rows: named, text } = await reported(report)
  expect(text()).toContain(data.did(2, 1, 1))
  expect(named()).toEqual(['Less: added, without url', 'Row 3: left out, no date', 'Known: skipped'])
  expect((await reported(report, true)).text()).toContain(data.would(2, 1, 1))
})

test.each([
  [100, undefined],
  [101, data.moreRows(1)],
])('of %d rows a report names 100, and says how many more there are', async (count, more) => {
  const rows = Array.from({ length: count }, (_, index) => row(index, { result: 'failed' }))
  const { document, rows: named } = await reported(reportOf({ rows }))
  expect(named()).toHaveLength(100)
  expect(document.querySelector('section > p.quiet')?.textContent).toBe(more)
})

test('an import of several changes is undone by their range, once', async () => {
  const { buttons, click, said, undone } = await reported(reportOf({ first_seq: 4, last_seq: 9 }))
  await click(data.undoImport)
  expect([undone, said, buttons()]).toEqual([[{ seq: 4, through: 9 }], [data.importUndone], []])
})

test('an import of one change is undone by it, and where that fails it can be tried again', async () => {
  const refused = () => Promise.reject(new TaskwireError('unreachable'))
  const { buttons, click, said, undone } = await reported(reportOf({ first_seq: 4, last_seq: 4 }), false, refused)
  await click(data.undoImport)
  expect(undone).toEqual([{ seq: 4 }])
  expect([said[0]?.startsWith(`${data.notUndone}: ${errors.unreachable}`), buttons()]).toEqual([
    true,
    [data.undoImport],
  ])
})

test('a check of a file, and an import of nothing, have nothing to undo', async () => {
  expect((await reported(reportOf({ first_seq: 4, last_seq: 9 }), true)).buttons()).toEqual([])
  expect((await reported(reportOf({}))).buttons()).toEqual([])
})

/** Sends a file of Ada to a server that answers so. Resolves to the report or the sentence, and what was sent. */
async function sent(answer: () => Promise<Response>, isDryRun = false) {
  const requests: [unknown, RequestInit | undefined][] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
    requests.push([url, init])
    return answer()
  })
  onTestFinished(() => void vi.restoreAllMocks())
  const asked: string[] = []
  const token = async (user_id: string) => `token of ${asked.push(user_id) && user_id}`
  const file = new Blob(['{}']) as File
  const ada = { user: { id: 'ada b' }, session: { token } } as unknown as Workspace
  const came = await sendImport(ada, { source: 'csv', file, isDryRun, onProgress: () => {} }).catch(String)
  return { came, requests, file }
}

test("a file is sent as it is, with a token of its user, and its report is the answer's", async () => {
  const report = reportOf({ created: 2 })
  const { came, file, requests } = await sent(async () => Response.json(report))
  expect(came).toEqual(report)
  const headers = {
    authorization: 'Bearer token of ada b',
    'content-type': 'application/octet-stream',
    accept: 'text/event-stream, application/json',
  }
  expect(requests).toEqual([['/api/ada%20b/import?source=csv', { method: 'POST', headers, body: file }]])
  const [[checked] = []] = (await sent(async () => Response.json(report), true)).requests
  expect(checked).toBe('/api/ada%20b/import?source=csv&dry_run=true')
})

test('a file that does not arrive, or is refused, is a sentence', async () => {
  expect((await sent(() => Promise.reject(new TypeError('Failed to fetch')))).came).toBe(`Error: ${errors.unreachable}`)
  expect((await sent(async () => new Response('<h1>Bad gateway</h1>', { status: 502 }))).came).toContain(
    errors.unreachable,
  )
  expect((await sent(async () => Response.json({}, { status: 413 }))).came).toBe(`Error: ${data.tooLarge}`)
})

test('a file is imported after a check, and without one nothing is sent', async () => {
  const { click, document, find, submit, text } = await section(ImportSection, {}, {})
  const { requests } = await sent(async () => Response.json(reportOf({ created: 2 })))
  requests.length = 0
  await submit()
  expect([requests, find('form > .problem').textContent]).toEqual([[], data.chooseFile])
  const { File: ItsFile } = document.defaultView as unknown as typeof globalThis
  Object.assign(find('[type=file]'), { files: [new ItsFile(['{}'], 'tasks.csv')] })
  await submit({ source: 'ics' })
  expect(requests.map(([url]) => url)).toEqual(['/api/ada/import?source=ics'])
  expect([text().includes(data.did(2, 0, 0)), find('form > .problem').textContent]).toEqual([true, ''])
  await click(data.check)
  expect(requests[1]?.[0]).toBe('/api/ada/import?source=ics&dry_run=true')
  expect(text()).toContain(data.would(2, 0, 0))
  expect(find<HTMLButtonElement>('[type=submit]').disabled).toBe(false)
})
