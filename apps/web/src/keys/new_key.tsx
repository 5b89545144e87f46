import { CopyButton } from './copy_button.tsx'
import { mcpSnippet } from './mcp_snippet.ts'
import { ShownOnce } from './shown_once.tsx'
import { t } from '../texts/texts.ts'

/** A new key, which is shown only once, and the configuration of an MCP client that uses it. */
export function NewKey({ value, onDone }: { readonly value: string; readonly onDone: () => void }) {
  const snippet = mcpSnippet(location.origin, value)
  const { newKey, copyNow, notShownAgain } = t.keys
  return (
    <ShownOnce {...{ label: newKey, copyNow, notShownAgain, value, name: 'key', onDone }}>
      <p>{t.keys.mcpConfiguration}</p>
      <div className="secret">
        {/* It scrolls, so it must be reachable by keyboard. */}
        <pre className="secret-value" tabIndex={0} role="region" aria-label={t.keys.mcpRegion}>
          {snippet}
        </pre>
        <CopyButton text={snippet} name="configuration" />
      </div>
    </ShownOnce>
  )
}
