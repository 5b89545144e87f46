import { describeRule, parseRule } from '@taskwire/calendar'
import { z } from 'zod'

const shownFields = z.object({
  due_date: z.string().nullish().catch(undefined),
  due_time: z.string().nullish().catch(undefined),
  priority: z.string().nullish().catch(undefined),
  tags: z.array(z.string()).optional().catch(undefined),
  recurrence: z.object({ rule: z.string() }).nullish().catch(undefined),
})

/** The dates and signs of a task behind its title, such as ", due Fri 27 Nov 2026 17:00, high priority, #home". */
export function fieldsText(fields: unknown): string {
  const { due_date, due_time, priority, tags = [], recurrence } = shownFields.catch({}).parse(fields)
  const parts = [
    ...(due_date ? [`due ${dayText(due_date)}${due_time ? ` ${due_time}` : ''}`] : []),
    ...(!due_date && due_time ? [`due at ${due_time}`] : []),
    ...(recurrence ? [ruleText(recurrence.rule)] : []),
    ...(priority ? [`${priority} priority`] : []),
    ...tags.map((tag) => (/\s/.test(tag) ? `#"${tag}"` : `#${tag}`)),
  ]
  return parts.map((part) => `, ${part}`).join('')
}

/** "Fri 27 Nov 2026" */
function dayText(day: string): string {
  return new Date(`${day}T00:00:00Z`)
    .toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
    .replace(',', '')
}

function ruleText(rule: string): string {
  const parsed = parseRule(rule).rule
  return parsed === undefined ? rule : describeRule(parsed)
}
