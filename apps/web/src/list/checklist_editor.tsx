import { taskFields } from '@taskwire/client'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import type { Task } from '../client.ts'
import { Button, IconButton } from '../design/button.tsx'
import { newItem } from './details_draft.ts'
import { t } from '../texts/texts.ts'

type Checklist = Task['checklist']

interface ChecklistEditorProps {
  readonly checklist: Checklist
  readonly onChange: (checklist: Checklist) => void
}

/** The items of a checklist. Enter adds one below, Backspace in an empty one removes it, Alt with an arrow moves it. */
export function ChecklistEditor({ checklist, onChange }: ChecklistEditorProps) {
  const list = useRef<HTMLUListElement>(null)
  const focused = useRef<string>(undefined)
  const isFull = checklist.length >= taskFields.checklist.maxItems

  useEffect(() => {
    if (focused.current === undefined) return
    list.current?.querySelector<HTMLInputElement>(`[data-item="${focused.current}"]`)?.focus()
    focused.current = undefined
  })

  function addAfter(index: number): void {
    if (isFull) return
    const item = newItem()
    focused.current = item.id
    onChange(checklist.toSpliced(index + 1, 0, item))
  }

  function remove(index: number): void {
    focused.current = checklist[index - 1]?.id ?? checklist[index + 1]?.id
    onChange(checklist.toSpliced(index, 1))
  }

  function move(index: number, to: number): void {
    const item = checklist[index]
    if (item === undefined || to < 0 || to >= checklist.length) return
    focused.current = item.id
    onChange(checklist.toSpliced(index, 1).toSpliced(to, 0, item))
  }

  function onKeyDown(event: KeyboardEvent, index: number): void {
    const isEmpty = checklist[index]?.text === ''
    const isPlain = !event.ctrlKey && !event.metaKey && !event.nativeEvent.isComposing
    if (event.key === 'Enter' && isPlain) addAfter(index)
    else if (event.key === 'Backspace' && isEmpty) remove(index)
    else if (event.altKey && event.key === 'ArrowUp') move(index, index - 1)
    else if (event.altKey && event.key === 'ArrowDown') move(index, index + 1)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <fieldset className="checklist-editor">
      <legend>{t.list.checklist}</legend>
      <ul ref={list} className="plain-list">
        {checklist.map((item, index) => (
          <li key={item.id} className="checklist-item">
            <label className="row-box">
              <input
                type="checkbox"
                className="box box-square"
                checked={item.done}
                onChange={() => onChange(checklist.with(index, { ...item, done: !item.done }))}
                aria-label={t.editor.itemDone(item.text || t.editor.theItem(index + 1))}
              />
            </label>
            <input
              className="input"
              data-item={item.id}
              value={item.text}
              maxLength={400}
              onChange={({ target }) => onChange(checklist.with(index, { ...item, text: target.value }))}
              onKeyDown={(event) => onKeyDown(event, index)}
              aria-label={t.editor.item(index + 1)}
              autoComplete="off"
            />
            <IconButton icon="close" label={t.editor.removeItem(index + 1)} onClick={() => remove(index)} />
          </li>
        ))}
      </ul>
      {!isFull && <Button onClick={() => addAfter(checklist.length - 1)}>{t.editor.addItem}</Button>}
    </fieldset>
  )
}
