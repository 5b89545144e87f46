import { Button } from '../design/button.tsx'
import { CopyButton } from './copy_button.tsx'
import { mcpSnippet } from './mcp_snippet.ts'

/** A new key, which is shown only once, and the configuration of an MCP client that uses it. */
export function NewKey({ value, onDone }: { readonly value: string; readonly onDone: () => void }) {
  const snippet = mcpSnippet(location.origin, value)
  return (
    <section className="new-key" aria-label="Your new key">
      <p>
        <strong>Copy the key now.</strong> It will not be shown again.
      </p>
      <div className="secret">
        <code className="secret-value">{value}</code>
        <CopyButton text={value} name="key" />
      </div>
      <p>Configuration for an MCP client:</p>
      <div className="secret">
        {/* It scrolls, so it must be reachable by keyboard. */}
        <pre className="secret-value" tabIndex={0} role="region" aria-label="MCP client configuration">
          {snippet}
        </pre>
        <CopyButton text={snippet} name="configuration" />
      </div>
      <Button look="primary" onClick={onDone}>
        Done
      </Button>
    </section>
  )
}
