import { parseAst } from 'rolldown/parseAst'

/** A small mistake that a rule planted in a file. */
export interface Mutant {
  /** What the rule did. */
  readonly rule: string
  readonly start: number
  readonly end: number
  readonly replacement: string
}

/** A node of the syntax tree, with offsets into the source. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** Calls that a chain can do without, so that leaving one out is a mistake that compiles. */
const LEFT_OUT = new Set(
  'catch finally filter slice trim toSorted toLowerCase normalize unref toReversed replaceAll setHeader header'.split(
    ' ',
  ),
)
const OTHER_OPERATOR: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
}
/** Conditions, locks and limits of SQL: what can be left out of a statement. */
const SQL_PART = /[ \t]+AND [^\n`;]*|[ \t]+(?:FOR (?:NO KEY )?UPDATE|FOR SHARE|SKIP LOCKED)\b|[ \t]+LIMIT [^\s`)]+/g

/** Every mistake that the rules can make in a file of TypeScript, in the order of the text. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const mutants: Mutant[] = []
  const program = parseAst(source, { lang: file.endsWith('x') ? 'tsx' : 'ts' })
  walk(program as unknown as Node, (node, parent) => mutants.push(...ofNode(node, parent, source)))
  return mutants.filter(({ start, end, replacement }) => source.slice(start, end) !== replacement)
}

/** Plants it. */
export function mutated(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end)
}

function walk(node: Node, visit: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  // Types are gone when a test runs.
  if (
    node.type.startsWith('TS') &&
    !['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression'].includes(node.type)
  )
    return
  visit(node, parent)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit, node)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

function ofNode(node: Node, parent: Node | undefined, source: string): Mutant[] {
  const text = (part: unknown) => (isNode(part) ? source.slice(part.start, part.end) : '')
  const instead = (rule: string, replacement: string, place: Node = node): Mutant => ({
    rule,
    start: place.start,
    end: place.end,
    replacement,
  })
  switch (node.type) {
    case 'ExpressionStatement': {
      const { expression } = node as unknown as { expression: Node }
      if (expression.type === 'Literal') return []
      if (expression.type !== 'AwaitExpression') return [instead('statement left out', ';')]
      return [instead('statement left out', ';'), instead('not awaited', `void ${text(expression['argument'])}`)]
    }
    case 'IfStatement': {
      return [instead('never', 'false', node['test'] as Node), instead('always', 'true', node['test'] as Node)]
    }
    case 'ConditionalExpression':
      return [
        instead('always the first', `(${text(node['consequent'])})`),
        instead('always the second', `(${text(node['alternate'])})`),
      ]
    case 'LogicalExpression':
      return [instead('only the left', text(node['left'])), instead('only the right', text(node['right']))]
    case 'BinaryExpression': {
      const operator = String(node['operator'])
      const other = OTHER_OPERATOR[operator]
      if (other === undefined) return []
      return [instead(`${operator} is ${other}`, `${text(node['left'])} ${other} ${text(node['right'])}`)]
    }
    case 'CallExpression': {
      const callee = node['callee'] as Node
      const args = node['arguments'] as Node[]
      if (callee.type !== 'MemberExpression') return []
      const method = text(callee['property'])
      if (text(callee['object']) === 'Math' && ['min', 'max'].includes(method)) {
        return args.map((arg) => instead(`not the ${method}`, text(arg)))
      }
      if (parent?.type !== 'ExpressionStatement' && LEFT_OUT.has(method))
        return [instead(`no ${method}`, text(callee['object']))]
      return []
    }
    case 'Property':
      // An option of a call. Without its comma, which a list may have twice no more than an array.
      if (node['kind'] !== 'init' || parent?.type !== 'ObjectExpression') return []
      return [{ rule: 'property left out', start: node.start, end: endWithComma(source, node.end), replacement: '' }]
    case 'Literal': {
      const value = node['value']
      if (typeof value !== 'number' || value < 2 || parent?.type === 'Property') return []
      return [instead('a thousand times as many', `${value}000`.replace(/^(.*\..*)000$/, '$1 * 1000'))]
    }
    case 'TemplateLiteral': {
      const inside = text(node)
      return [...inside.matchAll(SQL_PART)].flatMap(({ 0: part, index }) => {
        // A placeholder stays whole.
        if (part.split('${').length !== part.split('}').length) return []
        return [
          {
            rule: 'part of SQL left out',
            start: node.start + index,
            end: node.start + index + part.length,
            replacement: '',
          },
        ]
      })
    }
    default:
      return []
  }
}

function endWithComma(source: string, end: number): number {
  return end + (/^\s*,/.exec(source.slice(end))?.[0].length ?? 0)
}
