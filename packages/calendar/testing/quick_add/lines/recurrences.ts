import type { Line } from './line.ts'

/** Recurrences. `due_date` is the first day of the rule at or after Wednesday, 2026-11-18, 10:00. */
export const RECURRENCE_LINES: readonly Line[] = [
  ['Water plants every day', 'Water plants', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } }],
  ['Water plants EVERY DAY', 'Water plants', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } }],
  ['Every day water plants', 'water plants', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } }],
  ['Water every day plants', 'Water plants', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } }],
  [
    'Water plants every 3 days',
    'Water plants',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;INTERVAL=3' } },
  ],
  ['Water plants every 1 day', 'Water plants', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } }],
  [
    'Water plants every 999 days',
    'Water plants',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;INTERVAL=999' } },
  ],
  [
    'Water plants every other day',
    'Water plants',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;INTERVAL=2' } },
  ],
  [
    'Water plants every 2nd day',
    'Water plants',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;INTERVAL=2' } },
  ],
  ['Water plants every week', 'Water plants', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY' } }],
  [
    'Water plants every 2 weeks',
    'Water plants',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2' } },
  ],
  [
    'Water plants every 2 week',
    'Water plants',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2' } },
  ],
  ['Pay rent every month', 'Pay rent', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=MONTHLY' } }],
  ['Pay rent every 6 months', 'Pay rent', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=MONTHLY;INTERVAL=6' } }],
  ['Renew the domain every year', 'Renew the domain', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=YEARLY' } }],
  [
    'Renew the domain every 2 years',
    'Renew the domain',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=YEARLY;INTERVAL=2' } },
  ],

  // every! counts from the day of completion.
  [
    'Cut hair every! 3 weeks',
    'Cut hair',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=3', next: 'completion' } },
  ],
  [
    'Cut hair every! 3 days',
    'Cut hair',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;INTERVAL=3', next: 'completion' } },
  ],
  ['Every! day stretch', 'stretch', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY', next: 'completion' } }],
  [
    'Stretch EVERY! MON',
    'Stretch',
    { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO', next: 'completion' } },
  ],
  [
    'Stretch on the 1st every! month',
    'Stretch',
    { due_date: '2026-12-01', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1', next: 'completion' } },
  ],
  ['Stretch every !1 day', 'Stretch every day', { priority: 'high' }],

  // Weekdays.
  [
    'Standup every weekday',
    'Standup',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' } },
  ],
  ['Gym every monday', 'Gym', { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' } }],
  ['Gym every Mon', 'Gym', { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' } }],
  ['Gym every wednesday', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=WE' } }],
  ['Every tuesday gym', 'gym', { due_date: '2026-11-24', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=TU' } }],
  ['Gym every mon, thu', 'Gym', { due_date: '2026-11-19', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO,TH' } }],
  ['Gym every mon,thu', 'Gym', { due_date: '2026-11-19', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO,TH' } }],
  ['Gym every thu and mon', 'Gym', { due_date: '2026-11-19', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO,TH' } }],
  [
    'Gym every Monday, Wednesday and Friday',
    'Gym',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO,WE,FR' } },
  ],
  [
    'Gym every Tue, Thu, and Sat in town',
    'Gym in town',
    { due_date: '2026-11-19', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=TU,TH,SA' } },
  ],
  ['Gym every sat and sun', 'Gym', { due_date: '2026-11-21', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=SA,SU' } }],
  ['Gym every mon and mon', 'Gym', { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' } }],
  [
    'Gym every weekday and sat',
    'Gym',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA' } },
  ],
  [
    'Gym every mon and call Bob',
    'Gym and call Bob',
    { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' } },
  ],
  [
    'Gym every mon, call Bob',
    'Gym, call Bob',
    { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' } },
  ],
  [
    'Gym every 2 weeks on mon, thu',
    'Gym',
    { due_date: '2026-11-19', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH' } },
  ],
  ['Gym every week on friday', 'Gym', { due_date: '2026-11-20', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=FR' } }],
  ['Gym every week friday', 'Gym', { due_date: '2026-11-20', recurrence: { rule: 'FREQ=WEEKLY' } }],
  ['Gym every 2 mondays', 'Gym', { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO' } }],
  [
    'Gym every other friday',
    'Gym',
    { due_date: '2026-11-20', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR' } },
  ],
  ['Gym every other week', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2' } }],

  // Days of the month.
  ['Pay rent every 1st', 'Pay rent', { due_date: '2026-12-01', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1' } }],
  ['Pay rent every 15th', 'Pay rent', { due_date: '2026-12-15', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=15' } }],
  ['Pay rent every 13th', 'Pay rent', { due_date: '2026-12-13', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=13' } }],
  ['Pay rent every 13rd', 'Pay rent every 13rd', {}],
  ['Pay rent every 18th', 'Pay rent', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=18' } }],
  ['Pay rent every 22nd', 'Pay rent', { due_date: '2026-11-22', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=22' } }],
  ['Pay rent every 3RD', 'Pay rent', { due_date: '2026-12-03', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=3' } }],
  ['Pay rent every 31st', 'Pay rent', { due_date: '2026-12-31', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=31' } }],
  [
    'Pay rent every last day',
    'Pay rent',
    { due_date: '2026-11-30', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=-1' } },
  ],
  [
    'Pay rent every Last Day #home',
    'Pay rent',
    { due_date: '2026-11-30', tags: ['home'], recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=-1' } },
  ],
  [
    'Pay rent every 1st and 15th',
    'Pay rent',
    { due_date: '2026-12-01', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1,15' } },
  ],
  [
    'Pay rent every last day and 15th',
    'Pay rent',
    { due_date: '2026-11-30', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=15,-1' } },
  ],
  [
    'Pay rent every 1st of the month',
    'Pay rent',
    { due_date: '2026-12-01', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1' } },
  ],
  [
    'Every 1st of the month pay rent',
    'pay rent',
    { due_date: '2026-12-01', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1' } },
  ],
  [
    'Pay rent every last day of the month',
    'Pay rent',
    { due_date: '2026-11-30', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=-1' } },
  ],
  [
    'Pay rent on the 1st every month !1 #home',
    'Pay rent',
    {
      due_date: '2026-12-01',
      priority: 'high',
      tags: ['home'],
      recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1' },
    },
  ],
  [
    'Pay rent on the 1st, every month',
    'Pay rent',
    { due_date: '2026-12-01', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1' } },
  ],
  [
    'On the 1st of every month pay rent',
    'pay rent',
    { due_date: '2026-12-01', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1' } },
  ],
  [
    'Pay rent every month on the 15th',
    'Pay rent',
    { due_date: '2026-12-15', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=15' } },
  ],
  [
    'Pay rent every 3 months on the last day',
    'Pay rent',
    { due_date: '2026-11-30', recurrence: { rule: 'FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1' } },
  ],
  [
    'Pay rent on the last day of every month',
    'Pay rent',
    { due_date: '2026-11-30', recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=-1' } },
  ],
  ['Retro every 3rd friday', 'Retro', { due_date: '2026-11-20', recurrence: { rule: 'FREQ=MONTHLY;BYDAY=3FR' } }],
  ['Retro every 1st mon', 'Retro', { due_date: '2026-12-07', recurrence: { rule: 'FREQ=MONTHLY;BYDAY=1MO' } }],
  ['Retro every 5th tuesday', 'Retro', { due_date: '2026-12-29', recurrence: { rule: 'FREQ=MONTHLY;BYDAY=5TU' } }],
  [
    'Retro every last friday of the month',
    'Retro',
    { due_date: '2026-11-27', recurrence: { rule: 'FREQ=MONTHLY;BYDAY=-1FR' } },
  ],
  [
    'Retro every month on the 2nd tue',
    'Retro',
    { due_date: '2026-12-08', recurrence: { rule: 'FREQ=MONTHLY;BYDAY=2TU' } },
  ],
  [
    'Birthday every 24 Dec',
    'Birthday',
    { due_date: '2026-12-24', recurrence: { rule: 'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24' } },
  ],
  [
    'Birthday every Feb 29',
    'Birthday',
    { due_date: '2028-02-29', recurrence: { rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29' } },
  ],
  ['Birthday every year on 24 Dec', 'Birthday', { due_date: '2026-12-24', recurrence: { rule: 'FREQ=YEARLY' } }],

  // A rule starts on the given date, or on its first day after that.
  [
    'Gym every day from tomorrow',
    'Gym',
    { due_date: '2026-11-19', recurrence: { rule: 'FREQ=DAILY', start: '2026-11-19' } },
  ],
  [
    'Gym every day from 1 Dec',
    'Gym',
    { due_date: '2026-12-01', recurrence: { rule: 'FREQ=DAILY', start: '2026-12-01' } },
  ],
  [
    'Gym every 2 weeks from monday',
    'Gym',
    { due_date: '2026-11-23', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2', start: '2026-11-23' } },
  ],
  [
    'Gym every 2 weeks on mon from 2 Dec',
    'Gym',
    { due_date: '2026-12-07', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', start: '2026-12-07' } },
  ],
  [
    'From 1 Dec gym every day',
    'gym',
    { due_date: '2026-12-01', recurrence: { rule: 'FREQ=DAILY', start: '2026-12-01' } },
  ],
  [
    'Gym every day in town from next week',
    'Gym in town',
    { due_date: '2026-11-23', recurrence: { rule: 'FREQ=DAILY', start: '2026-11-23' } },
  ],
  ['Gym tomorrow every 3 days', 'Gym', { due_date: '2026-11-19', recurrence: { rule: 'FREQ=DAILY;INTERVAL=3' } }],
  ['Gym every month on friday', 'Gym', { due_date: '2026-11-20', recurrence: { rule: 'FREQ=MONTHLY' } }],
  ['Gym 2026-12-01 every monday', 'Gym', { due_date: '2026-12-07', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' } }],
  [
    'Gym tomorrow every day from 1 Dec',
    'Gym tomorrow',
    { due_date: '2026-12-01', recurrence: { rule: 'FREQ=DAILY', start: '2026-12-01' } },
  ],

  // The end of a rule.
  ['Gym every day until 24 Dec', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;UNTIL=20261224' } }],
  ['Gym every day until today', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;UNTIL=20261118' } }],
  ['Gym every day UNTIL friday', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;UNTIL=20261120' } }],
  [
    'Gym every day until friday in town',
    'Gym in town',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;UNTIL=20261120' } },
  ],
  [
    'Gym every day until 2026-12-31',
    'Gym',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;UNTIL=20261231' } },
  ],
  [
    'Gym every day in town until 24 Dec',
    'Gym in town',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;UNTIL=20261224' } },
  ],
  [
    'Gym every mon from 1 Jan until 1 Dec',
    'Gym',
    { due_date: '2027-01-04', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20271201', start: '2027-01-04' } },
  ],
  ['Gym every day 5 times', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;COUNT=5' } }],
  ['Gym every day 1 time', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;COUNT=1' } }],
  [
    'Gym every! 2 weeks 10 TIMES',
    'Gym',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2;COUNT=10', next: 'completion' } },
  ],
  [
    'Gym every mon from 1 Dec 5 times',
    'Gym',
    { due_date: '2026-12-07', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=5', start: '2026-12-07' } },
  ],
  [
    'Gym every day 5 times until 24 Dec',
    'Gym 5 times',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;UNTIL=20261224' } },
  ],
  [
    'Gym every day until 24 Dec 5 times',
    'Gym until 24 Dec',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;COUNT=5' } },
  ],
  [
    'Gym every day until 2020-01-01',
    'Gym until 2020-01-01',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } },
  ],
  ['Gym every day 99 times', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;COUNT=99' } }],
  ['Gym every day 100 times', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;COUNT=100' } }],
  ['Gym every day 999 times', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;COUNT=999' } }],
  ['Gym every day 1 times', 'Gym', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY;COUNT=1' } }],
  ['Gym every day 5 time', 'Gym 5 time', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } }],
  ['Gym every day 0 times', 'Gym 0 times', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } }],
  ['Gym every day 1000 times', 'Gym 1000 times', { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } }],
  [
    'Take 3 times every day the pill',
    'Take 3 times the pill',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } },
  ],
  [
    'Ask every day how many times 5 times',
    'Ask how many times 5 times',
    { due_date: '2026-11-18', recurrence: { rule: 'FREQ=DAILY' } },
  ],

  // With a time: the first day of the rule whose time has not passed.
  [
    'Gym every Monday at 5pm',
    'Gym',
    { due_date: '2026-11-23', due_time: '17:00', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' } },
  ],
  ['Gym every day at 5pm', 'Gym', { due_date: '2026-11-18', due_time: '17:00', recurrence: { rule: 'FREQ=DAILY' } }],
  ['Gym every day at 9am', 'Gym', { due_date: '2026-11-19', due_time: '09:00', recurrence: { rule: 'FREQ=DAILY' } }],
  [
    'Gym every wed 9am',
    'Gym',
    { due_date: '2026-11-25', due_time: '09:00', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=WE' } },
  ],
  [
    'Gym every day at 9am from 1 Dec until 24 Dec',
    'Gym',
    {
      due_date: '2026-12-01',
      due_time: '09:00',
      recurrence: { rule: 'FREQ=DAILY;UNTIL=20261224', start: '2026-12-01' },
    },
  ],
  [
    'At noon every weekday walk',
    'walk',
    { due_date: '2026-11-18', due_time: '12:00', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' } },
  ],

  // The last recurrence counts.
  [
    'Gym every mon every tue',
    'Gym every mon',
    { due_date: '2026-11-24', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=TU' } },
  ],

  // Text that is not a recurrence stays text.
  ['Gym every 0 days', 'Gym every 0 days', {}],
  ['Gym every 1000 days', 'Gym every 1000 days', {}],
  ['Gym every days', 'Gym every days', {}],
  ['Gym every hour', 'Gym every hour', {}],
  ['Gym every two weeks', 'Gym every two weeks', {}],
  ['Gym every second friday', 'Gym every second friday', {}],
  ['Gym every 6th friday', 'Gym every 6th friday', {}],
  ['Gym every 2 weekdays', 'Gym every 2 weekdays', {}],
  ['Gym every 32nd', 'Gym every 32nd', {}],
  ['Gym every 30 Feb', 'Gym every 30 Feb', {}],
  ['Gym every, day', 'Gym every, day', {}],
  ['Read every 2nd chapter', 'Read every 2nd chapter', {}],
  ['Enjoy every last day of summer', 'Enjoy every last day of summer', {}],
  ['Pay rent on the 1st', 'Pay rent on the 1st', {}],
  ['Pay rent every', 'Pay rent every', {}],
  ['Read from 1 to 20 until done 5 times', 'Read from 1 to 20 until done 5 times', {}],
  ['Read from tomorrow', 'Read from', { due_date: '2026-11-19' }],
]
