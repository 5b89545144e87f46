import type { Defect } from './defect.ts'
import { fifth } from './table/fifth.ts'
import { formerSurvivors } from './table/former_survivors.ts'
import { fourth } from './table/fourth.ts'
import { later } from './table/later.ts'
import { third } from './table/third.ts'
import { unseen } from './table/unseen.ts'

/** The defects that `pnpm test:defects` plants. */
export const tables: Readonly<Record<string, readonly Defect[]>> = {
  /** Those that an earlier version of the suite did not notice. */
  former: formerSurvivors,
  /** Those that were chosen from the sources after the tests had been written. */
  unseen,
  /** A second set of those. */
  later,
  /** A third set, chosen from the sources alone. */
  third,
  /** A fourth set, chosen from the sources alone. */
  fourth,
  /** A fifth set, chosen from the sources alone. */
  fifth,
}
