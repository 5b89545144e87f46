import { isZone, localTime, type Moment } from '@taskwire/calendar'
import type { Task } from '../client.ts'
import type { IconName } from '../design/icon.tsx'
import { planDays, planName, type PlanDay } from '../list/plan.ts'
import type { TaskActions } from '../list/use_task_actions.ts'
import { understand } from '../quick_add/understand.ts'
import { applyTheme, prefer, theme } from '../shell/preference.ts'
import { go, listOf, type Panel, type Route } from '../shell/route.ts'
import { t } from '../texts/texts.ts'
import { foldLetters } from '../views/match.ts'
import type { Workspace } from '../workspace.ts'

/** Something to do, by its name. */
export interface Command {
  readonly key: string
  readonly name: string
  /** The heading under which it stands. */
  readonly group: string
  readonly icon?: IconName
  /** The shortcut that does the same. */
  readonly shortcut?: string
  readonly run: () => void
  /** Whether the focus stays where it was before. */
  readonly keepsFocus?: boolean
}

export interface CommandContext {
  readonly workspace: Workspace
  readonly actions: TaskActions
  readonly route: Route
  readonly moment: Moment
  readonly tasks: readonly Task[]
  /** The task that the focus was on. */
  readonly task: Task | undefined
  readonly tags: readonly string[]
}

const MAX_TASKS = 8
const nothing: ReadonlySet<string> = new Set()

/** The commands whose names have every word of the query, and the tasks and tags that it finds. */
export function commandsFor(query: string, context: CommandContext): Command[] {
  const words = foldLetters(query.trim()).split(/\s+/)
  const isMatch = (name: string) => words.every((word) => foldLetters(name).includes(word))
  const named = [...taskCommands(context), ...viewCommands(context), ...appCommands(context)].filter(({ name }) =>
    isMatch(name),
  )
  if (query.trim() === '') return named
  const found = context.tasks
    .filter((task) => isMatch(task.title))
    .toSorted((a, b) => Number(a.completed) - Number(b.completed))
    .slice(0, MAX_TASKS)
    .map((task) => showTask(task))
  return [...found, ...named, addCommand(query, context)]
}

function showTask({ id, title, completed }: Task): Command {
  return {
    key: `task ${id}`,
    name: title,
    group: t.list.tasks,
    icon: completed ? 'check' : 'circle',
    run: () => go({ view: completed ? 'completed' : 'all', panel: 'task', id }),
  }
}

/** Adds a task from the text, by the grammar of quick add. */
function addCommand(query: string, { workspace, moment }: CommandContext): Command {
  const { dispatch, messages, settings } = workspace
  return {
    key: 'add',
    name: t.palette.add(query.trim()),
    group: t.palette.commands,
    icon: 'plus',
    keepsFocus: true,
    run() {
      const { day, time } = localTime(new Date(), moment.zone)
      const { time_zone } = settings.current()
      const context = { today: day, now: time, zone: time_zone !== null && isZone(time_zone) ? time_zone : null }
      const { title, fields } = understand(query, context, nothing)
      if (title.trim() === '') return
      const write = dispatch(null, { kind: 'create', fields: { ...fields, title } })
      const run = () => go({ view: 'all', panel: 'task', id: write.task_id })
      messages.offer(t.palette.added(title), { label: t.messages.show, run })
    },
  }
}

function taskCommands({ task, actions, moment, route }: CommandContext): Command[] {
  if (task === undefined) return []
  const group = task.title
  const days = planDays(moment.today)
  const names: readonly PlanDay[] = ['today', 'tomorrow', 'week', 'none']
  const levels = ['high', 'medium', 'low', null] as const
  const command = (key: string, name: string, run: () => unknown, rest: Partial<Command> = {}): Command => ({
    key,
    name,
    group,
    run,
    keepsFocus: true,
    ...rest,
  })
  const history = () => go({ ...listOf(route), panel: 'history', id: task.id })
  return [
    command('toggle', task.completed ? t.actions.reopen : t.actions.complete, () => actions.toggle(task), {
      icon: 'check',
      shortcut: 'x',
    }),
    ...(task.recurrence === null || task.completed
      ? []
      : [command('skip', t.actions.skip, () => actions.skip(task), { icon: 'skip' })]),
    ...names.map((name) =>
      command(`plan ${name}`, t.palette.plan(planName(name)), () => actions.plan(task, days[name]), {
        icon: 'calendar',
      }),
    ),
    ...levels.map((level) =>
      command(
        `priority ${level}`,
        t.palette.priority(t.fields.priority[level ?? 'none']),
        () => actions.prioritise(task, level),
        {
          icon: 'flag',
        },
      ),
    ),
    ...(task.id > 0
      ? [command('history', t.list.history, history, { icon: 'history', shortcut: 'h', keepsFocus: false })]
      : []),
    command('delete', t.list.delete, () => actions.remove(task), { icon: 'trash', shortcut: 'delete' }),
  ]
}

function viewCommands({ tags }: CommandContext): Command[] {
  const views = [
    ['today', 'today', '1'],
    ['upcoming', 'calendar', '2'],
    ['all', 'list', '3'],
    ['completed', 'check', '4'],
    ['trash', 'trash', '5'],
  ] as const
  const group = t.palette.goTo
  return [
    ...views.map(([view, icon, shortcut]) => ({
      key: `view ${view}`,
      name: t.shell.title[view],
      group,
      icon,
      shortcut,
      run: () => go({ view }),
    })),
    ...tags.map((tag) => ({ key: `tag ${tag}`, name: `#${tag}`, group, run: () => go({ view: 'tag', tag }) })),
  ]
}

function appCommands({ workspace, route }: CommandContext): Command[] {
  const group = t.palette.commands
  const open = (panel: Panel) => () => go({ ...listOf(route), panel })
  const themes = theme.choices.map((choice) => ({
    key: `theme ${choice}`,
    name: t.palette.theme(t.shell.themes[choice]),
    group,
    icon: 'theme' as const,
    keepsFocus: true,
    run() {
      prefer(theme, choice)
      applyTheme()
    },
  }))
  return [
    { key: 'new', name: t.shell.keys.newTask, group, icon: 'plus', shortcut: 'n', run: () => focusField('new-task') },
    { key: 'search', name: t.list.searchTasks, group, icon: 'search', shortcut: '/', run: () => focusField('search') },
    {
      key: 'undo',
      name: t.messages.undo,
      group,
      icon: 'undo',
      shortcut: 'ctrl Z',
      keepsFocus: true,
      run: () => void workspace.undo(),
    },
    {
      key: 'redo',
      name: t.shell.keys.redo,
      group,
      shortcut: 'ctrl shift Z',
      keepsFocus: true,
      run: () => void workspace.redo(),
    },
    { key: 'chat', name: t.shell.assistant, group, icon: 'chat', shortcut: 'c', run: open('chat') },
    { key: 'keys', name: t.shell.apiKeys, group, icon: 'key', run: open('keys') },
    { key: 'webhooks', name: t.shell.webhooks, group, icon: 'send', run: open('webhooks') },
    { key: 'account', name: t.shell.accountOf(workspace.user.email), group, icon: 'key', run: open('account') },
    { key: 'export', name: t.account.data.exportTitle, group, run: open('account') },
    { key: 'import', name: t.account.data.importTitle, group, run: open('account') },
    { key: 'settings', name: t.shell.settings, group, icon: 'settings', run: open('settings') },
    { key: 'help', name: t.shell.help, group, icon: 'help', shortcut: '?', run: open('help') },
    ...themes,
  ]
}

function focusField(id: 'new-task' | 'search'): void {
  document.getElementById(id)?.focus()
}
