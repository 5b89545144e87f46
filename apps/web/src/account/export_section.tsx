import type { RouterInputs } from '@taskwire/client'
import { useState } from 'react'
import type { Client } from '../client.ts'
import { Button } from '../design/button.tsx'
import { errorText } from '../error_text.ts'
import { numberText } from '../texts/number_text.ts'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'

type Format = RouterInputs['transfer']['export']['format']
const formats: readonly Format[] = ['json', 'csv', 'ics', 'todotxt']

/** Saves everything of the user as a file. */
export function ExportSection() {
  const { client } = useWorkspace()
  const [running, setRunning] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const { data } = t.account

  async function run(format: Format): Promise<void> {
    setProblem(undefined)
    try {
      await saveExport(client, format, (letters) => setRunning(data.received(numberText(Math.ceil(letters / 1000)))))
    } catch (error) {
      setProblem(errorText(error))
    }
    setRunning(undefined)
  }

  return (
    <>
      <p className="quiet">{data.exportText}</p>
      <div className="webhook-actions">
        {formats.map((format) => (
          <Button key={format} disabled={running !== undefined} onClick={() => void run(format)}>
            {data.formats[format]}
          </Button>
        ))}
      </div>
      <p className="quiet" role="status">
        {running}
      </p>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  )
}

async function saveExport(client: Client, format: Format, onProgress: (letters: number) => void): Promise<void> {
  const parts: string[] = []
  let letters = 0
  let cursor: string | undefined
  for (;;) {
    const part = await client.transfer.export.query({ format, ...(cursor !== undefined && { cursor }) })
    parts.push(part.text)
    letters += part.text.length
    onProgress(letters)
    if (part.next_cursor === null) return saveFile(new Blob(parts, { type: part.media_type }), part.file_name)
    cursor = part.next_cursor
  }
}

function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The download has its own hold on the file once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
