import { Button } from '../design/button.tsx'
import { CopyButton } from './copy_button.tsx'
import { mcpSnippet } from './mcp_snippet.ts'
import { t } from '../texts/texts.ts'

/** A new key, which is shown only once, and the configuration of an MCP client that uses it. */
export function NewKey({ value, onDone }: { readonly value: string; readonly onDone: () => void }) {
  const snippet = mcpSnippet(location.origin, value)
  return (
    <section className="new-key" aria-label={t.keys.newKey}>
      <p>
        <strong>{t.keys.copyNow}</strong> {t.keys.notShownAgain}
      </p>
      <div className="secret">
        <code className="secret-value">{value}</code>
        <CopyButton text={value} name="key" />
      </div>
      <p>{t.keys.mcpConfiguration}</p>
      <div className="secret">
        {/* It scrolls, so it must be reachable by keyboard. */}
        <pre className="secret-value" tabIndex={0} role="region" aria-label={t.keys.mcpRegion}>
          {snippet}
        </pre>
        <CopyButton text={snippet} name="configuration" />
      </div>
      <Button look="primary" onClick={onDone}>
        {t.keys.done}
      </Button>
    </section>
  )
}
