import { useCallback, useEffect, useState } from 'react'
import { Button } from '../design/button.tsx'
import { CopyButton } from '../keys/copy_button.tsx'
import { exactTime } from '../time.ts'
import { useWorkspace } from '../workspace.ts'
import { Grants, type ConnectedApp } from './grants.ts'
import { installLinks } from './install_links.ts'
import { t } from '../texts/texts.ts'

/** The apps that the user connected, each to disconnect, and the URL that connects another. */
export function ConnectedApps() {
  const { session, notify } = useWorkspace()
  const [apps, setApps] = useState<readonly ConnectedApp[]>()
  const [problem, setProblem] = useState<string | null>(null)
  const url = `${location.origin}/mcp`

  const load = useCallback(async () => {
    const { apps: connected, problem: failed } = await Grants.list(session.call)
    setApps(connected)
    setProblem(failed)
  }, [session])
  useEffect(() => void load(), [load])

  async function disconnect(app: ConnectedApp): Promise<void> {
    const failed = await Grants.disconnect(session.call, app)
    setProblem(failed)
    if (failed !== null) return
    notify(t.keys.disconnected(app.name))
    await load()
  }

  return (
    <>
      <h3 className="panel-heading">{t.keys.apps}</h3>
      <p className="quiet">{t.keys.appsIntro}</p>
      <div className="secret">
        <code className="secret-value">{url}</code>
        <CopyButton text={url} name="url" />
      </div>
      <p className="install-links">
        {installLinks(url).map(({ editor, href }) => (
          <a key={editor} className="link" href={href}>
            {t.keys.addTo(editor)}
          </a>
        ))}
      </p>
      {apps?.length === 0 && problem === null && <p className="quiet">{t.keys.noApps}</p>}
      <p className="problem" role="alert">
        {problem}
      </p>
      <ul className="plain-list">
        {apps?.map((app) => (
          <AppRow key={app.id} app={app} onDisconnect={() => void disconnect(app)} />
        ))}
      </ul>
    </>
  )
}

/** A connected app. Disconnecting asks for confirmation. */
function AppRow({ app, onDisconnect }: { readonly app: ConnectedApp; readonly onDisconnect: () => void }) {
  const [isConfirming, setIsConfirming] = useState(false)
  const { name, access, connected_at } = app
  return (
    <li className="key">
      <div className="key-text">
        <strong>{name}</strong>
        <span className="quiet">
          {access === 'write' ? t.keys.accessWrite : t.keys.accessRead}, {t.keys.connectedAt(exactTime(connected_at))}
        </span>
      </div>
      {isConfirming ? (
        <Button
          look="danger"
          autoFocus
          aria-label={t.keys.confirmDisconnecting(name)}
          onClick={onDisconnect}
          onBlur={() => setIsConfirming(false)}
        >
          {t.shell.confirm}
        </Button>
      ) : (
        <Button aria-label={t.keys.disconnectApp(name)} onClick={() => setIsConfirming(true)}>
          {t.keys.disconnect}
        </Button>
      )}
    </li>
  )
}
