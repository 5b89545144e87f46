import { useId, useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import { ImportReportView } from './import_report.tsx'
import { sendImport, type ImportReport, type ImportSource } from './send_import.ts'

const sources: readonly ImportSource[] = [
  'taskwire',
  'todoist',
  'mstodo',
  'ticktick',
  'google',
  'csv',
  'ics',
  'todotxt',
]

interface Outcome {
  readonly report: ImportReport
  readonly isDryRun: boolean
}

/** Brings the tasks of a file here. The file can be checked first; a whole import can be undone. */
export function ImportSection() {
  const workspace = useWorkspace()
  const id = useId()
  const [outcome, setOutcome] = useState<Outcome>()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)
  const { data } = t.account

  async function run(form: HTMLFormElement, isDryRun: boolean): Promise<void> {
    const values = new FormData(form)
    const source = sources.find((known) => known === values.get('source')) ?? 'taskwire'
    const file = values.get('file')
    setOutcome(undefined)
    if (!(file instanceof File) || file.size === 0) return setProblem(data.chooseFile)
    setProblem(undefined)
    setIsBusy(true)
    try {
      setOutcome({ report: await sendImport(workspace, { source, file, isDryRun }), isDryRun })
    } catch (error) {
      setProblem(error instanceof Error ? error.message : `${t.shell.somethingWrong}.`)
    }
    setIsBusy(false)
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    void run(event.currentTarget, false)
  }

  return (
    <form className="account-form" onSubmit={submit} aria-describedby={`${id}-problem`}>
      <p className="field">
        <label htmlFor={`${id}-source`}>{data.source}</label>
        <select id={`${id}-source`} className="input" name="source">
          {sources.map((source) => (
            <option key={source} value={source}>
              {data.sources[source]}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor={`${id}-file`}>{data.file}</label>
        <input id={`${id}-file`} className="input file-input" type="file" name="file" />
      </p>
      <p className="problem" id={`${id}-problem`} role="alert">
        {problem}
      </p>
      <div className="webhook-actions">
        <Button disabled={isBusy} onClick={({ currentTarget: { form } }) => form !== null && void run(form, true)}>
          {data.check}
        </Button>
        <Button type="submit" disabled={isBusy}>
          {data.import}
        </Button>
      </div>
      {isBusy && <progress className="progress" aria-label={data.importing} />}
      {outcome !== undefined && <ImportReportView {...outcome} />}
    </form>
  )
}
