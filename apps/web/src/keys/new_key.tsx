import { Button } from '../design/button.tsx'
import { CopyButton } from './copy_button.tsx'
import { mcpSnippet } from './mcp_snippet.ts'

/** A key, the only time that it can be seen, and what an MCP client wants of it. */
export function NewKey({ value, onDone }: { readonly value: string; readonly onDone: () => void }) {
  const snippet = mcpSnippet(location.origin, value)
  return (
    <section className="new-key" aria-label="Your new key">
      <p>
        <strong>Copy the key now.</strong> It is not shown again.
      </p>
      <div className="secret">
        <code className="secret-value">{value}</code>
        <CopyButton text={value} name="key" />
      </div>
      <p>For an MCP client:</p>
      <div className="secret">
        {/* It scrolls, so it must be reachable by keyboard. */}
        <pre className="secret-value" tabIndex={0} role="region" aria-label="Configuration for an MCP client">
          {snippet}
        </pre>
        <CopyButton text={snippet} name="configuration" />
      </div>
      <Button look="primary" onClick={onDone}>
        I have copied it
      </Button>
    </section>
  )
}
