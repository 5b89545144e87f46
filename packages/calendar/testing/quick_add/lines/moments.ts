import type { Line } from './line.ts'

/** Month ends, leap days, year ends and late evenings: lines typed at other moments. */
export const MOMENT_LINES: readonly Line[] = [
  ['Call Bob tomorrow', 'Call Bob', { due_date: '2027-01-01' }, { today: '2026-12-31' }],
  ['Call Bob tomorrow', 'Call Bob', { due_date: '2028-02-29' }, { today: '2028-02-28' }],
  ['Call Bob tomorrow', 'Call Bob', { due_date: '2027-03-01' }, { today: '2027-02-28' }],
  ['Call Bob in 1 week', 'Call Bob', { due_date: '2028-03-07' }, { today: '2028-02-29' }],
  ['Call Bob 29 Feb', 'Call Bob', { due_date: '2028-02-29' }, { today: '2028-02-29' }],
  ['Call Bob 29 Feb', 'Call Bob', { due_date: '2032-02-29' }, { today: '2028-03-01' }],
  ['Call Bob 29 Feb', 'Call Bob', { due_date: '2104-02-29' }, { today: '2096-03-01' }],
  ['Call Bob 1 Mar', 'Call Bob', { due_date: '2028-03-01' }, { today: '2028-02-29' }],
  ['Call Bob 31 Dec', 'Call Bob', { due_date: '2026-12-31' }, { today: '2026-12-31' }],
  ['Call Bob on 30 Dec', 'Call Bob', { due_date: '2027-12-30' }, { today: '2026-12-31' }],
  ['Call Bob next week', 'Call Bob', { due_date: '2026-11-30' }, { today: '2026-11-23' }],
  ['Call Bob next week', 'Call Bob', { due_date: '2026-11-23' }, { today: '2026-11-22' }],
  ['Call Bob next week', 'Call Bob', { due_date: '2027-01-04' }, { today: '2026-12-31' }],
  ['Call Bob monday', 'Call Bob', { due_date: '2026-11-30' }, { today: '2026-11-23' }],
  ['Call Bob sunday', 'Call Bob', { due_date: '2026-11-29' }, { today: '2026-11-23' }],
  ['Call Bob 23:30', 'Call Bob', { due_date: '2026-11-18', due_time: '23:30' }, { now: '23:30' }],
  ['Call Bob 23:30', 'Call Bob', { due_date: '2026-11-19', due_time: '23:30' }, { now: '23:31' }],
  ['Call Bob 00:30', 'Call Bob', { due_date: '2027-01-01', due_time: '00:30' }, { today: '2026-12-31', now: '23:59' }],
  [
    'Call Bob 5pm',
    'Call Bob',
    { due_date: '2026-11-18', due_time: '17:00', due_zone: 'UTC' },
    { now: '00:00', zone: 'UTC' },
  ],
  [
    'Pay every 31st',
    'Pay',
    { due_date: '2027-03-31', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=31' } },
    { today: '2027-02-01' },
  ],
  [
    'Pay every 30th',
    'Pay',
    { due_date: '2027-03-30', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=30' } },
    { today: '2027-01-31' },
  ],
  [
    'Pay every last day',
    'Pay',
    { due_date: '2028-02-29', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=-1' } },
    { today: '2028-02-01' },
  ],
  [
    'Pay every last day',
    'Pay',
    { due_date: '2027-02-28', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=-1' } },
    { today: '2027-02-28' },
  ],
  [
    'Pay every weekday',
    'Pay',
    { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' } },
    { today: '2026-11-21' },
  ],
  [
    'Pay every friday 9am',
    'Pay',
    {
      due_date: '2026-11-27',
      due_time: '09:00',
      recurrence: { rule: 'FREQ=WEEKLY;BYDAY=FR' },
    },
    { today: '2026-11-20' },
  ],
  [
    'Pay every 5th mon',
    'Pay',
    { due_date: '2027-03-29', recurrence: { rule: 'FREQ=MONTHLY;BYDAY=5MO' } },
    { today: '2026-12-01' },
  ],
  [
    'Party every 29 Feb',
    'Party',
    { due_date: '2032-02-29', recurrence: { rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29' } },
    { today: '2028-03-01' },
  ],

  // There are no days after the year 9999.
  ['Call Bob tomorrow', 'Call Bob tomorrow', {}, { today: '9999-12-31' }],
  ['Call Bob in 9999 weeks', 'Call Bob in 9999 weeks', {}, { today: '9990-01-01' }],
  ['Call Bob 1 Jan', 'Call Bob 1 Jan', {}, { today: '9999-12-31' }],
  ['Call Bob 9am', 'Call Bob 9am', {}, { today: '9999-12-31' }],
  ['Call Bob every 1st', 'Call Bob every 1st', {}, { today: '9999-12-31' }],
  [
    'Call Bob every day until 1 Jan',
    'Call Bob until 1 Jan',
    { due_date: '9999-12-31', recurrence: { rule: 'FREQ=DAILY' } },
    { today: '9999-12-31' },
  ],
]
