import { expect, test } from 'vitest'
import { sweepZones } from '../testing/oracles/run_zone_sweep.ts'

test.each(['UTC', 'America/New_York', 'Pacific/Kiritimati'])(
  'all time zones agree with Temporal around all transitions of 2026 to 2030, with TZ=%s',
  async (zone) => {
    const { zones, compared, transitions, different, first } = await sweepZones(zone, 1)
    expect(first).toEqual([])
    expect(different).toBe(0)
    expect(zones).toBeGreaterThan(400)
    expect(transitions).toBeGreaterThan(1000)
    expect(compared).toBeGreaterThan(40_000)
  },
)
