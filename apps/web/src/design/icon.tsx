const paths = {
  plus: 'M10 4v12M4 10h12',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12Zm8 2-3.8-3.8',
  history: 'M3 10a7 7 0 1 0 2.2-5.1M3 3.2v3.3h3.3M10 6v4.3l2.8 1.7',
  trash: 'M3.5 5.5h13M8 5.5V3.5h4v2M5 5.5l.8 11h8.4l.8-11M8.3 8.7v4.8M11.7 8.7v4.8',
  chat: 'M3.5 4.5h13v9.5H9l-3.5 3v-3h-2Z',
  key: 'M7 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm3.3-3.5H17v3M14 10v2.4',
  help: 'M7.3 7.4a2.8 2.8 0 1 1 4.2 2.4c-1 .6-1.5 1.1-1.5 2.3M10 15.3v.2',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  close: 'm5 5 10 10M15 5 5 15',
  undo: 'M7.5 4 3.5 8l4 4M3.8 8H12a4.5 4.5 0 0 1 0 9H9',
  copy: 'M7 7h9.5v9.5H7ZM13 7V3.5H3.5V13H7',
  check: 'm4 10.5 4 4 8-9',
  list: 'M7 5.5h10M7 10h10M7 14.5h10M3.2 5.5h.3M3.2 10h.3M3.2 14.5h.3',
  circle: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z',
  today: 'M3.5 5h13v11.5h-13ZM3.5 8.3h13M7 3v3M13 3v3m-5.5 6.2 1.8 1.8 3.4-3.6',
  calendar: 'M3.5 5h13v11.5h-13ZM3.5 8.3h13M7 3v3M13 3v3M6.8 11.5h.3M9.9 11.5h.3M13 11.5h.3M6.8 13.9h.3M9.9 13.9h.3',
  settings: 'M3 6h6m4 0h4M3 14h2.5m4 0H17M11 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7.5 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  select: 'M4 4h12v12H4ZM7 10.2l2.2 2.2L13.2 8',
  flag: 'M5 17V4h9.5l-2.2 3.4 2.2 3.4H5',
  repeat:
    'M4 9V8a2.5 2.5 0 0 1 2.5-2.5H16m-2.3-2.3L16 5.5l-2.3 2.3M16 11v1a2.5 2.5 0 0 1-2.5 2.5H4m2.3 2.3L4 14.5l2.3-2.3',
  bell: 'M5.5 13.5V9a4.5 4.5 0 0 1 9 0v4.5l1.2 1.2H4.3ZM8.5 16.5h3',
  clock: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM10 6.5V10l2.4 1.6',
  command: 'M4 6.5 7.5 10 4 13.5M10 14h6',
  more: 'M5 10h.1M10 10h.1M15 10h.1',
  edit: 'm4 16 .8-3.3L13.5 4 16 6.5l-8.7 8.7ZM11.8 5.7l2.5 2.5',
  skip: 'M4 5v10l7-5ZM15 5v10',
  chevron: 'm7 5 5.5 5L7 15',
  theme: 'M10 3.5v13a6.5 6.5 0 0 0 0-13Zm0 13a6.5 6.5 0 0 1 0-13',
  leave: 'M12 4H4v12h8M8 10h9m-3-3 3 3-3 3',
  send: 'M10 16V4.5M5 9l5-5 5 5',
} as const
export type IconName = keyof typeof paths

/** A decorative icon of 20 by 20; the control around it carries the accessible name. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}

/** The logo: a signal on a wire. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M3 17.5c4.6 0 4.6-9 8.6-9s3.6 15 7.6 15 3.6-9 9.8-9" />
    </svg>
  )
}
