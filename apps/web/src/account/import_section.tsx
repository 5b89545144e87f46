import { useId, useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import { ImportReportView } from './import_report.tsx'
import { sendImport, type ImportProgress, type ImportReport, type ImportSource } from './send_import.ts'

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
  const [progress, setProgress] = useState<ImportProgress>()
  const { data } = t.account

  async function run(form: HTMLFormElement, isDryRun: boolean): Promise<void> {
    const values = new FormData(form)
    const source = sources.find((known) => known === values.get('source')) ?? 'taskwire'
    const file = values.get('file')
    setOutcome(undefined)
    if (!(file instanceof File) || file.size === 0) return setProblem(data.chooseFile)
    setProblem(undefined)
    setProgress(undefined)
    setIsBusy(true)
    try {
      const report = await sendImport(workspace, { source, file, isDryRun, onProgress: setProgress })
      setOutcome({ report, isDryRun })
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
      {isBusy && <ImportBar progress={progress} />}
      {outcome !== undefined && <ImportReportView {...outcome} />}
    </form>
  )
}

/** Until the file is read it is not known how much there is to do. */
function ImportBar({ progress }: { readonly progress: ImportProgress | undefined }) {
  const { importing, imported } = t.account.data
  if (progress === undefined) return <progress className="progress" aria-label={importing} />
  const { written, total } = progress
  return (
    <>
      <progress className="progress" aria-label={importing} value={written} max={total} />
      <p className="hint">{imported(written, total)}</p>
    </>
  )
}
