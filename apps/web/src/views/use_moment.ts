import { isZone, momentAt, type Moment } from '@taskwire/calendar'
import { useMemo, useSyncExternalStore } from 'react'
import type { Settings } from '../settings/settings.ts'
import { useSettings } from '../settings/use_settings.ts'

const MINUTE = 60_000

/** What now and today mean to the user. Changes every minute, also after the computer has slept. */
export function useMoment(): Moment {
  const { time_zone } = useSettings()
  const minute = useSyncExternalStore(subscribeToMinutes, currentMinute)
  return useMemo(() => momentOf({ time_zone }), [minute, time_zone])
}

/** What now and today mean to a user with these settings. */
export function momentOf({ time_zone }: Pick<Settings, 'time_zone'>): Moment {
  return momentAt(new Date(), zoneOf(time_zone))
}

/** The zone that the user has set, else the one of this device. */
export function zoneOf(time_zone: string | null): string {
  const zone = time_zone ?? deviceZone()
  return isZone(zone) ? zone : 'UTC'
}

export function deviceZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

function currentMinute(): number {
  return Math.floor(Date.now() / MINUTE)
}

/** Calls a listener when a minute begins, and when the page is looked at again. Returns how to end that. */
export function subscribeToMinutes(listener: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  function wait(): void {
    timer = setTimeout(next, MINUTE - (Date.now() % MINUTE))
  }
  function next(): void {
    listener()
    wait()
  }
  wait()
  document.addEventListener('visibilitychange', listener)
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', listener)
  }
}
