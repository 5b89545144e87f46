import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { errorText } from '../error_text.ts'
import { numberText } from '../texts/number_text.ts'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import type { TrashedTask } from './stored_trash.ts'

interface EmptyTrashProps {
  /** The tasks that are shown, of which the server knows. */
  readonly tasks: readonly TrashedTask[]
  /** Whether there are more than are shown. */
  readonly hasMore: boolean
  readonly onEmptied: () => Promise<void>
}

/** Removes what is in the trash for good, after a question, and says how far it is. What is deleted meanwhile stays. */
export function EmptyTrash({ tasks, hasMore, onEmptied }: EmptyTrashProps) {
  const { client, undoStack, notify } = useWorkspace()
  const [step, setStep] = useState<'offered' | 'asked' | number>('offered')

  async function empty(): Promise<void> {
    const deleted_until = tasks.flatMap(({ deleted_at }) => deleted_at ?? []).reduce((a, b) => (a > b ? a : b), '')
    let removed = 0
    setStep(removed)
    try {
      for (let goesOn = true; goesOn;) {
        const answer = await client.task.empty_trash.mutate({ deleted_until })
        removed += answer.removed
        goesOn = answer.has_more && answer.removed > 0
        setStep(removed)
      }
      undoStack.forgetDeleted()
      notify(t.list.emptied(numberText(removed)))
    } catch (error) {
      notify(t.list.notEmptied, errorText(error), 'high')
    }
    await onEmptied()
    setStep('offered')
  }

  if (typeof step === 'number') {
    return (
      <p className="quiet" role="status">
        {t.list.emptying(numberText(step))}
      </p>
    )
  }
  if (step === 'offered') return <Button onClick={() => setStep('asked')}>{t.list.emptyTrash}</Button>
  return (
    <Button
      look="danger"
      autoFocus
      onBlur={() => setStep('offered')}
      onKeyDown={({ key }) => key === 'Escape' && setStep('offered')}
      onClick={() => void empty()}
    >
      {hasMore ? t.list.removeAll : t.list.removeTasks(numberText(tasks.length))}
    </Button>
  )
}
