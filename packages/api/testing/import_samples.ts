import type { ImportSource } from '../src/transfer/schema.ts'

/** A file as a product writes it, and what has to be read of its first task and in all. */
export interface ImportSample {
  readonly what: string
  readonly source: ImportSource
  readonly file: string
  readonly rows: number
  readonly first: Readonly<Record<string, unknown>>
  readonly lost?: readonly string[]
}

const TODOIST = 'TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE'
const TICKTICK =
  '"Folder Name","List Name","Title","Kind","Tags","Content","Is Check list","Start Date","Due Date","Reminder","Repeat","Priority","Status","Created Time","Completed Time","Order","Timezone","Is All Day","Is Floating","Column Name","Column Order","View Mode","taskId","parentId"'
const PREAMBLE = '"Date: 2026-10-01+0000"\n"Version: 7.1"\n"Status: \n0 Normal\n1 Completed\n2 Archived"\n'
const OUTLOOK =
  '"Subject","Start Date","Due Date","Reminder On/Off","Reminder Date","Reminder Time","Date Completed","% Complete","Categories","Notes","Priority","Status"'

// The columns, codes and forms of dates are those of the products' exports, as their documentation and files that users
// published have them (docs/import-export.md); the tasks are invented.
export const importSamples: readonly ImportSample[] = [
  {
    what: 'a Todoist project of today',
    source: 'todoist',
    file: `${TODOIST},DURATION,DURATION_UNIT,DEADLINE,DEADLINE_LANG\r\nmeta,view_style=list,,,,,,,,,,,,\r\ntask,Repot the basil @garden,Terracotta pot,1,1,Kai (1),,Oct 5 2026,en,Africa/Cairo,30,minute,,\r\nnote,Peat-free,,,,Kai (1),,,,,,,,\r\n,,,,,,,,,,,,,\r\nsection,Weekly,,,,,,,,,,,,\r\ntask,Buy compost,,4,2,Kai (1),,someday,en,,,None,,\r\n`,
    rows: 2,
    first: {
      title: 'Repot the basil',
      description: 'Terracotta pot\n\nPeat-free',
      priority: 'high',
      tags: ['garden'],
      due_date: '2026-10-05',
    },
    lost: ['duration'],
  },
  {
    what: 'a Todoist project from before descriptions',
    source: 'todoist',
    file: 'TYPE,CONTENT,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE\ntask,Water the ferns,2,1,,,every monday at 9am,en,\n',
    rows: 1,
    first: {
      title: 'Water the ferns',
      priority: 'medium',
      due_time: '09:00',
      recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' },
    },
  },
  {
    what: 'a Todoist project with subtasks',
    source: 'todoist',
    file: `${TODOIST}\ntask,Groceries,"Milk, ""fresh""",4,1,,,2026-03-28,en,America/New_York\ntask,Bread,,3,2,,Ann (2),,,\n`,
    rows: 2,
    first: { title: 'Groceries', description: 'Milk, "fresh"', due_date: '2026-03-28' },
  },
  {
    what: 'a TickTick backup with its lines in front',
    source: 'ticktick',
    file: `${PREAMBLE}${TICKTICK}\n"","Home","Fix the tap","TEXT","flat, urgent","Washer","N","","2026-09-30T22:00:00+0000","-PT1440M","","5","0","2026-09-20T10:00:00+0000","","1","Europe/Berlin","true","false","","","list","1",""\n`,
    rows: 1,
    first: {
      title: 'Fix the tap',
      description: 'Washer',
      priority: 'high',
      tags: ['flat', 'urgent', 'home'],
      due_date: '2026-10-01',
      reminders: ['P1D'],
    },
  },
  {
    what: 'a TickTick checklist',
    source: 'ticktick',
    file: `${PREAMBLE}${TICKTICK}\n"Folder","Inbox","Morning","CHECKLIST","","▫ Stretch\n▪ Tea","Y","","2026-07-20T07:00:00+0000","","RRULE:FREQ=DAILY;INTERVAL=2","1","0","2026-07-18T08:00:00+0000","","2","UTC","false","false","","","list","2",""\n`,
    rows: 1,
    first: {
      title: 'Morning',
      priority: 'low',
      due_date: '2026-07-20',
      due_time: '07:00',
      due_zone: 'UTC',
      recurrence: { rule: 'FREQ=DAILY;INTERVAL=2' },
      checklist: [
        { text: 'Stretch', done: false },
        { text: 'Tea', done: true },
      ],
    },
    lost: ['folder'],
  },
  {
    what: 'a TickTick backup of an older version',
    source: 'ticktick',
    file: '"Folder Name","List Name","Title","Tags","Content","Is Check list","Start Date","Due Date","Reminder","Repeat","Priority","Status","Created Time","Completed Time","Order","Timezone","Is All Day","Is Floating"\n"","Work","Report","","","N","","","","","3","2","2026-07-15T09:00:00+0000","2026-07-19T16:30:00+0000","-1","UTC","true","false"\n',
    rows: 1,
    first: { title: 'Report', priority: 'medium', completed: true, tags: ['work'] },
  },
  {
    what: 'a Takeout of Google Tasks',
    source: 'google',
    file: '{"kind":"tasks#taskLists","items":[{"kind":"tasks#tasks","id":"l","title":"Errands","updated":"2026-01-30T22:19:22.812Z","items":[{"kind":"tasks#task","id":"a","title":"Post the card","notes":"Blue ink","status":"needsAction","due":"2026-04-19T00:00:00.000Z","updated":"2026-01-30T22:19:22.812Z"},{"id":"b","title":"Envelope","status":"completed","completed":"2026-01-30T22:19:22.812Z","parent":"a"}]}]}',
    rows: 2,
    first: { title: 'Post the card', description: 'Blue ink', due_date: '2026-04-19', tags: ['errands'] },
  },
  {
    what: 'a list of Google Tasks as its API answers',
    source: 'google',
    file: '{"kind":"tasks#tasks","etag":"x","items":[{"kind":"tasks#task","id":"c","title":"Apples","status":"completed","completed":"2020-10-04T18:37:52.000Z","links":[{"type":"email"}]}]}',
    rows: 1,
    first: { title: 'Apples', completed: true },
    lost: ['links'],
  },
  {
    what: 'a Takeout with an empty list',
    source: 'google',
    file: '{"kind":"tasks#taskLists","items":[{"id":"l","title":"Empty"},{"id":"m","title":"My Tasks","items":[{"id":"d","title":"Call","status":"needsAction"}]}]}',
    rows: 1,
    first: { title: 'Call', tags: [] },
  },
  {
    what: 'lists of Microsoft Graph with their tasks',
    source: 'mstodo',
    file: '{"value":[{"displayName":"Tasks","tasks":[{"id":"1","title":"Groceries","status":"notStarted","importance":"high","isReminderOn":true,"createdDateTime":"2026-01-15T10:00:00Z","body":{"content":"<p>Milk &amp; eggs</p>","contentType":"html"},"categories":["Red"],"dueDateTime":{"dateTime":"2026-10-14T22:00:00.0000000","timeZone":"UTC"},"reminderDateTime":{"dateTime":"2026-10-14T09:00:00.0000000","timeZone":"UTC"},"recurrence":{"pattern":{"type":"weekly","interval":2,"daysOfWeek":["monday"]},"range":{"type":"noEnd"}},"checklistItems":[{"displayName":"Oats","isChecked":true}],"hasAttachments":true}]}]}',
    rows: 1,
    first: {
      title: 'Groceries',
      description: 'Milk & eggs',
      priority: 'high',
      tags: ['red'],
      due_date: '2026-10-15',
      reminders: ['2026-10-14T09:00'],
      recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO;INTERVAL=2' },
      checklist: [{ text: 'Oats', done: true }],
    },
    lost: ['attachments'],
  },
  {
    what: 'the tasks of one list of Microsoft Graph',
    source: 'mstodo',
    file: '{"value":[{"id":"2","title":"Pay rent","status":"completed","importance":"normal","completedDateTime":{"dateTime":"2026-01-02T00:00:00.0000000","timeZone":"UTC"},"recurrence":{"pattern":{"type":"relativeMonthly","interval":1,"daysOfWeek":["friday"],"index":"last"}}, "dueDateTime":{"dateTime":"2026-01-30T00:00:00","timeZone":"Europe/Berlin"}}]}',
    rows: 1,
    first: {
      title: 'Pay rent',
      completed: true,
      due_date: '2026-01-30',
      recurrence: { rule: 'FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1' },
    },
  },
  {
    what: 'the CSV of Outlook',
    source: 'mstodo',
    file: `${OUTLOOK}\r\n"Renew passport","","10/15/2026","True","10/14/2026","9:30:00 AM","","0%","Admin;Travel plans","Photos","High","Not Started"\r\n"Old","","9/1/2026","False","","","9/2/2026","100%","","","Normal","Completed"\r\n`,
    rows: 2,
    first: {
      title: 'Renew passport',
      description: 'Photos',
      priority: 'high',
      due_date: '2026-10-15',
      tags: ['admin', 'travel plans'],
      reminders: ['2026-10-14T09:30'],
    },
  },
  {
    what: 'a to-do of a reminder program',
    source: 'ics',
    file: 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Reminders//EN\r\nBEGIN:VTODO\r\nUID:1\r\nSUMMARY:Call\\, then wr\r\n ite\r\nDUE;TZID=Europe/Berlin:20261201T170000\r\nPRIORITY:1\r\nCATEGORIES:Home,Phone\r\nRRULE:FREQ=DAILY;COUNT=2\r\nLOCATION:Berlin\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VTODO\r\nEND:VCALENDAR\r\n',
    rows: 1,
    first: {
      title: 'Call, then write',
      due_date: '2026-12-01',
      due_time: '17:00',
      due_zone: 'Europe/Berlin',
      priority: 'high',
      tags: ['home', 'phone'],
      reminders: ['PT15M'],
      recurrence: { rule: 'FREQ=DAILY;COUNT=2' },
    },
    lost: ['location'],
  },
  {
    what: 'to-dos of a calendar server, with bare line ends',
    source: 'ics',
    file: 'BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:2\nSUMMARY:Done\nSTATUS:COMPLETED\nCOMPLETED:20260101T100000Z\nDUE;VALUE=DATE:20260102\nEND:VTODO\nBEGIN:VTODO\nUID:3\nSUMMARY:Child\nRELATED-TO:2\nEND:VTODO\nEND:VCALENDAR\n',
    rows: 2,
    first: { title: 'Done', completed: true, due_date: '2026-01-02' },
  },
  {
    what: 'a to-do with hours that a rule here does not have',
    source: 'ics',
    file: 'BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:4\r\nSUMMARY:Often\r\nDTSTART:20260101T080000Z\r\nRRULE:FREQ=HOURLY\r\nEND:VTODO\r\nEND:VCALENDAR\r\n',
    rows: 1,
    first: { title: 'Often', due_date: '2026-01-01', due_time: '08:00', due_zone: 'UTC' },
    lost: ['recurrence'],
  },
  {
    what: 'the example of todo.txt',
    source: 'todotxt',
    file: '(A) Thank Mom for the meatballs @phone\n(B) Schedule Goodwill pickup +GarageSale @phone\nPost signs around the neighborhood +GarageSale\n@GroceryStore Eskimo pies\n',
    rows: 4,
    first: { title: 'Thank Mom for the meatballs', priority: 'high', tags: ['phone'] },
  },
  {
    what: 'completed tasks of todo.txt',
    source: 'todotxt',
    file: 'x 2026-03-02 2026-03-01 Review pull request +docs pri:B\r\n(D) Later due:2026-04-01 t:2026-03-25 rec:+1w\r\n',
    rows: 2,
    first: { title: 'Review pull request', completed: true, priority: 'medium', tags: ['docs'] },
  },
  {
    what: 'a todo.txt with words that are no syntax',
    source: 'todotxt',
    file: 'Read https://example.com/a at 10:30 due:2026-05-01\n',
    rows: 1,
    first: { title: 'Read https://example.com/a at 10:30', due_date: '2026-05-01' },
  },
]
