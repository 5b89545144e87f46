import type { RouterInputs, RouterOutputs } from '@taskwire/client'
import type { Client } from '../client.ts'
import { createEmitter } from '@taskwire/offline'

export type Settings = RouterOutputs['viewer']['settings']

/** The user's settings: those of the server, and until they are loaded those that this browser stored. */
export interface SettingsStore {
  readonly current: () => Settings
  readonly subscribe: (listener: () => void) => () => void
  readonly load: () => Promise<void>
  /** Rejects with the client's typed error. */
  readonly update: (changes: NonNullable<RouterInputs['viewer']['update']>) => Promise<void>
  /** Removes them from this browser. */
  readonly clear: () => void
}

const STORED = 'taskwire.settings'

export function createSettings(client: Client, user_id: string): SettingsStore {
  const emitter = createEmitter()
  let settings = storedSettings(user_id)

  function become(next: Settings): void {
    settings = next
    localStorage.setItem(STORED, JSON.stringify({ user_id, ...next }))
    emitter.emit()
  }

  return {
    current: () => settings,
    subscribe: emitter.subscribe,
    load: () => client.viewer.settings.query().then(become),
    update: (changes) => client.viewer.update.mutate(changes).then(become),
    clear: () => localStorage.removeItem(STORED),
  }
}

/** Those of the entered settings that differ. A server that is older than this page refuses those that it does not know. */
export function changedSettings(entered: Settings, current: Settings): Partial<Settings> {
  const { time_zone, remind_time, remind_by_mail } = entered
  return {
    ...(time_zone !== current.time_zone && { time_zone }),
    ...(remind_time !== current.remind_time && { remind_time }),
    ...(remind_by_mail !== undefined && remind_by_mail !== (current.remind_by_mail === true) && { remind_by_mail }),
  }
}

const defaults: Settings = { time_zone: null, remind_time: '09:00' }

/** Those of another user of this browser are not this one's. */
function storedSettings(user_id: string): Settings {
  const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? 'null')
  if (typeof stored !== 'object' || stored === null || !('user_id' in stored) || stored.user_id !== user_id) {
    return defaults
  }
  const byMail = 'remind_by_mail' in stored && stored.remind_by_mail === true
  return {
    ...(byMail ? { remind_by_mail: true } : {}),
    time_zone: 'time_zone' in stored && typeof stored.time_zone === 'string' ? stored.time_zone : null,
    remind_time:
      'remind_time' in stored && typeof stored.remind_time === 'string' ? stored.remind_time : defaults.remind_time,
  }
}
