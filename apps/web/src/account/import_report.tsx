import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { errorText } from '../error_text.ts'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import type { ImportReport } from './send_import.ts'

const SHOWN_ROWS = 100

/** What came of a file, and what did not. */
export function ImportReportView({ report, isDryRun }: { readonly report: ImportReport; readonly isDryRun: boolean }) {
  const { client, notify } = useWorkspace()
  const [isUndone, setIsUndone] = useState(false)
  const { data } = t.account
  const { created, skipped, first_seq, last_seq, rows } = report
  const failed = rows.filter(({ result }) => result === 'failed').length
  const noted = rows.filter(({ result, lost = [] }) => result !== 'created' || lost.length > 0)

  function undo(): void {
    if (first_seq === null || last_seq === null) return
    client.change.undo.mutate({ seq: first_seq, ...(last_seq > first_seq && { through: last_seq }) }).then(
      () => {
        setIsUndone(true)
        notify(data.importUndone)
      },
      (error: unknown) => notify(data.notUndone, errorText(error), 'high'),
    )
  }

  return (
    <section className="import-report" aria-label={data.report}>
      <p role="status">{(isDryRun ? data.would : data.did)(created, skipped, failed)}</p>
      <ul className="plain-list">
        {noted.slice(0, SHOWN_ROWS).map(({ row, title, result, lost = [], reason }) => (
          <li key={row} className="quiet">
            <span dir="auto">{title === '' ? data.row(row) : title}</span>:{' '}
            {[data.results[result], reason, ...lost.map(data.lost)].filter(Boolean).join(', ')}
          </li>
        ))}
      </ul>
      {noted.length > SHOWN_ROWS && <p className="quiet">{data.moreRows(noted.length - SHOWN_ROWS)}</p>}
      {!isDryRun && !isUndone && first_seq !== null && <Button onClick={undo}>{data.undoImport}</Button>}
    </section>
  )
}
