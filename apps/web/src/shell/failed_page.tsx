import { Button } from '../design/button.tsx'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'

/** Shown in place of the app when it could not be shown. A draft can be discarded, as it would be shown again. */
export function FailedPage() {
  const { drafts } = useWorkspace()
  const { new_task, edit } = drafts.load()
  const hasDraft = new_task !== '' || edit !== undefined

  function discard(): void {
    drafts.clear()
    location.reload()
  }

  return (
    <main className="state" role="alert">
      <h1 className="state-title">{t.shell.somethingWrong}</h1>
      <p>
        {t.shell.failed.text} {t.shell.reload}
      </p>
      <Button look="primary" onClick={() => location.reload()}>
        {t.messages.reload}
      </Button>
      {hasDraft && (
        <>
          <p>{t.shell.failed.draft}</p>
          <Button onClick={discard}>{t.shell.failed.discard}</Button>
        </>
      )}
    </main>
  )
}
