import type { FanOut } from './fanout.ts'
import type { Endurance, Figure } from './rounds.ts'
import { scenarios } from './scenarios.ts'
import type { Starts } from './start.ts'

/** Everything that one run measured; stored under `results/`. */
export interface Result {
  readonly commit: string
  readonly date: string
  readonly machine: string
  readonly rounds: number
  readonly seconds: number
  readonly figures: readonly Figure[]
  readonly memory: readonly { readonly server: string; readonly now: number; readonly peak: number }[]
  readonly endurance?: Endurance | undefined
  readonly fanOut?: FanOut | undefined
  readonly starts?: Starts | undefined
}

/** One scenario beside the reference server's. */
interface Row {
  readonly name: string
  readonly ours: Figure
  readonly reference: Figure | undefined
  readonly nodeHttp: Figure | undefined
}

function rows({ figures }: Result): Row[] {
  const figure = (server: string, name = '') =>
    figures.find((each) => each.server === server && each.scenario === name && each.failed === 0)
  return scenarios.flatMap(({ name, against }) => {
    const ours = figures.find((each) => each.server === 'taskwire' && each.scenario === name)
    return ours === undefined
      ? []
      : [{ name, ours, reference: figure('reference', against), nodeHttp: figure('node:http', against) }]
  })
}

/** A Markdown table of the cost of each scenario here and on the hand-written servers in the same rounds. */
export function table(result: Result): string {
  const head = [
    '',
    'CPU µs',
    'Fastify + pg',
    'ratio',
    'node:http + pg',
    'ratio',
    'PostgreSQL µs',
    'theirs',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'failed',
  ]
  const lines = rows(result).map(({ name, ours, reference, nodeHttp }) => [
    name,
    ours.cpu.toFixed(0),
    reference?.cpu.toFixed(0) ?? '',
    ratio(ours, reference),
    nodeHttp?.cpu.toFixed(0) ?? '',
    ratio(ours, nodeHttp),
    ours.postgres ?? '',
    reference?.postgres ?? '',
    ours.perSecond.toLocaleString('en'),
    ours.p50,
    ours.p99,
    ours.failed,
  ])
  return markdown(head, lines)
}

/** What the same read costs over other transports than REST, in the same rounds. */
export function againstRest({ figures }: Result): string {
  const ours = (name: string | undefined) =>
    figures.find(({ server, scenario }) => server === 'taskwire' && scenario === name)
  const lines = scenarios.flatMap(({ name, rest }) => {
    const [one, same] = [ours(name), ours(rest)]
    if (one === undefined || same === undefined || one === same) return []
    const together = withPostgres(one) / withPostgres(same)
    return [
      [
        name,
        one.cpu.toFixed(0),
        same.cpu.toFixed(0),
        ratio(one, same),
        one.postgres ?? '',
        same.postgres ?? '',
        together.toFixed(2),
      ],
    ]
  })
  if (lines.length === 0) return ''
  const head = ['', 'CPU µs', 'over REST', 'ratio', 'PostgreSQL µs', 'over REST', 'ratio of both together']
  return markdown(head, lines)
}

/** Each scenario here and on another commit's server in the same rounds. */
export function againstCommit({ figures }: Result, commit: string): string {
  const lines = figures.flatMap((ours) => {
    const before = figures.find(({ server, scenario }) => server === commit && scenario === ours.scenario)
    if (ours.server !== 'taskwire' || before === undefined) return []
    return [
      [
        ours.scenario,
        ...[before.cpu, ours.cpu].map((cpu) => cpu.toFixed(0)),
        ratio(ours, before),
        before.postgres ?? '',
        ours.postgres ?? '',
        before.p99,
        ours.p99,
        ours.failed,
      ],
    ]
  })
  const head = [
    '',
    `CPU µs at ${commit}`,
    'now',
    'ratio',
    `PostgreSQL µs at ${commit}`,
    'now',
    'p99 ms',
    'now',
    'failed',
  ]
  return markdown(head, lines)
}

const ratio = (ours: Figure, other: Figure | undefined) =>
  other === undefined ? '' : (ours.cpu / other.cpu).toFixed(2)

/** The server's CPU time and PostgreSQL's. */
function withPostgres({ cpu, postgres = NaN }: Figure): number {
  return cpu + postgres
}

function markdown(head: string[], lines: (string | number)[][]): string {
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** The old stack of a run with `--fastapi`: how much less CPU we use, alone and with PostgreSQL's. */
export function againstFastApi(result: Result): string {
  const lines = rows(result).flatMap(({ name, ours }) => {
    const theirs = result.figures.find(({ server, scenario }) => server === 'fastapi' && scenario === name)
    if (theirs === undefined) return []
    const times = [theirs.cpu / ours.cpu, withPostgres(theirs) / withPostgres(ours)].map((factor) => factor.toFixed(1))
    return [
      [
        name,
        theirs.cpu.toFixed(0),
        ours.cpu.toFixed(0),
        ...times.slice(0, 1),
        theirs.postgres ?? '',
        ours.postgres ?? '',
        ...times.slice(1),
      ],
    ]
  })
  if (lines.length === 0) return ''
  const head = ['', 'FastAPI CPU µs', 'ours', 'times less', 'its PostgreSQL µs', 'ours', 'together times less']
  return markdown(head, lines)
}

/**
 * CPU per request of the old stack, measured once together with the reference server of that run (FastAPI + SQLAlchemy 2,
 * the better of sync and asyncpg): its microseconds, and those of its reference. The comparison with ours is by way of
 * the reference. `--fastapi` measures one with Debian's versions in the same run.
 */
const old: Record<string, { readonly fastapi: number; readonly reference: number; readonly goal: number }> = {
  'get one': { fastapi: 580, reference: 47, goal: 8 },
  'list of 20': { fastapi: 732, reference: 128, goal: 4 },
  create: { fastapi: 1195, reference: 55, goal: 12 },
  toggle: { fastapi: 1285, reference: 52, goal: 12 },
}

/** The factor by which we use less CPU than the old stack, beside the goal. */
export function againstOldStack(result: Result): string {
  const lines = rows(result).flatMap(({ name, ours, reference }) => {
    const then = old[name]
    if (then === undefined || reference === undefined) return []
    const times = then.fastapi / then.reference / (ours.cpu / reference.cpu)
    return [`| ${name} | ${times.toFixed(1)} times less | at least ${then.goal} |`]
  })
  return ['| | CPU than FastAPI + SQLAlchemy | goal |', '| --- | ---: | ---: |', ...lines].join('\n')
}

/** The figures that are not per request: memory, starts, fan-out. */
export function remarks({ memory, endurance, starts, fanOut }: Result): string {
  const lines = memory.map(({ server, now, peak }) => `- ${server}: ${now} MB resident at the end, ${peak} MB at most`)
  if (endurance !== undefined) {
    const { answered, failed, early, late, peak } = endurance
    lines.push(
      `- taskwire through ${answered.toLocaleString('en')} further requests of all kinds, ${failed} failed: ` +
        `${early} MB after a tenth of them, ${late} MB at the end, ${peak} MB at most`,
    )
  }
  if (starts !== undefined) {
    lines.push(`- start to ready: ${starts.first} s on an empty data directory, ${starts.warm} s on one that exists`)
  }
  if (fanOut !== undefined) {
    const { listeners, delay, write, missed } = fanOut
    lines.push(
      `- ${listeners} listeners: ${delay.p50} ms from a write's answer to its event (p99 ${delay.p99} ms), ` +
        `${missed} missed; a write takes ${write.listened} ms, and ${write.alone} ms without listeners`,
    )
  }
  return lines.join('\n')
}

/** Bars of CPU per request, ours above the reference, as SVG that is legible on light and dark pages. */
export function plot(result: Result): string {
  const all = rows(result).flatMap(({ name, ours, reference }) => (reference ? [{ name, ours, reference }] : []))
  const widest = Math.max(...all.flatMap(({ ours, reference }) => [ours.cpu, reference.cpu]))
  const width = (cpu: number) => Math.round((cpu / widest) * 420)
  const bars = all.map(({ name, ours, reference }, index) => {
    const y = 44 + index * 46
    return `<text x="150" y="${y + 18}" text-anchor="end">${name}</text>
  <rect x="160" y="${y}" width="${width(ours.cpu)}" height="15" fill="#2f6fde"/>
  <text x="${168 + width(ours.cpu)}" y="${y + 12}">${ours.cpu.toFixed(0)} µs</text>
  <rect x="160" y="${y + 17}" width="${width(reference.cpu)}" height="15" fill="#9a9a9a"/>
  <text x="${168 + width(reference.cpu)}" y="${y + 29}">${reference.cpu.toFixed(0)} µs</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 ${60 + all.length * 46}" font-family="system-ui, sans-serif" font-size="12" fill="#777">
  <text x="160" y="24" font-weight="600">CPU per request: Taskwire (blue), Fastify + pg by hand (grey)</text>
  ${bars.join('\n  ')}
</svg>
`
}
