import type { QuickAddContext } from '../../../src/quick_add/context.ts'
import type { QuickAddFields } from '../../../src/quick_add/fields.ts'

/** A text, its title and fields according to quick add, and when and where it is typed if not at `MOMENT`. */
export type Line = readonly [text: string, title: string, fields: QuickAddFields, moment?: Partial<QuickAddContext>]

/** When the lines are typed: on a Wednesday morning. */
export const MOMENT: QuickAddContext = { today: '2026-11-18', now: '10:00', zone: null }
