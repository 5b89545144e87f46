import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'vite'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '..')

interface Node {
  readonly type: string
  readonly [name: string]: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value
const isFunction = ({ type }: Node) => type.endsWith('FunctionExpression') || type === 'FunctionDeclaration'
const textAttributes = new Set(['alt', 'aria-label', 'aria-description', 'hint', 'label', 'placeholder', 'title'])
/** Names that are the same in every language. */
const allowed = new Set(['Taskwire', 'VS Code', 'Cursor'])

interface ScreenTexts {
  readonly literals: string[]
  /** Texts that are read before their language is loaded. */
  readonly early: string[]
}

function textsIn(file: string, source: string): ScreenTexts {
  const found: ScreenTexts = { literals: [], early: [] }
  visit(parseSync(file, source).program, { isInFunction: false, isText: false }, found)
  return found
}

interface Surroundings {
  readonly isInFunction: boolean
  /** Whether any string here is seen or heard by the user. */
  readonly isText: boolean
}

function visit(node: unknown, around: Surroundings, found: ScreenTexts): void {
  if (Array.isArray(node)) return node.forEach((child) => visit(child, around, found))
  if (!isNode(node)) return
  // Errors are for those who read a log, and names of modules for nobody.
  if (node.type === 'NewExpression' || node.type === 'ImportDeclaration' || node.type.startsWith('TS')) return
  const text = textOf(node)
  const isShown = around.isText || node.type === 'JSXText'
  if (text !== undefined && !allowed.has(text) && (isSentence(text) || (isShown && /\p{L}{2}/u.test(text)))) {
    found.literals.push(text)
  }
  if (node.type === 'MemberExpression' && isNode(node['object']) && !around.isInFunction) {
    const { name } = node['object']
    if (name === 't' || name === 'startText') found.early.push(name)
  }
  const next = {
    isInFunction: around.isInFunction || isFunction(node) || node.type === 'PropertyDefinition',
    isText: isTextPlace(node) || (around.isText && !endsText(node)),
  }
  for (const child of Object.values(node)) if (typeof child === 'object') visit(child, next, found)
}

function textOf(node: Node): string | undefined {
  const { type, value } = node
  if (type === 'JSXText') return /\p{L}{2}/u.test(String(value)) ? String(value).trim() : undefined
  if (type === 'Literal' && typeof value === 'string') return value.trim()
  if (type === 'TemplateElement' && typeof value === 'object' && value !== null && 'cooked' in value) {
    return String(value.cooked).trim()
  }
  return undefined
}

/** Words after a capital letter or a quotation mark. Names of keys and classes are single words or begin small. */
function isSentence(text: string): boolean {
  return /^[“]?\p{Lu}[\p{L}’]*,? \p{L}/u.test(text) || text.startsWith('“')
}

/** What stands in these is a key or a part of a screen of its own. */
function endsText(node: Node): boolean {
  return node.type === 'MemberExpression' || /^JSX(?!Expr)/.test(node.type) || isFunction(node)
}

function isTextPlace({ type, name, key }: Node): boolean {
  if (type === 'Property') return isNode(key) && (key['name'] === 'label' || key['name'] === 'children')
  return type === 'JSXAttribute' && isNode(name) && textAttributes.has(String(name['name']))
}

const screens = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !/^texts.(en|de).|\.test\.ts$/.test(file),
)

test('every text of a screen comes from the tables', () => {
  expect(screens.length).toBeGreaterThan(100)
  const literals = screens.flatMap((file) =>
    textsIn(file, readFileSync(join(src, file), 'utf8')).literals.map((text) => `${file}: ${text}`),
  )
  expect(literals).toEqual([])
})

test('no text is read before its language is loaded', () => {
  const early = screens.filter((file) => textsIn(file, readFileSync(join(src, file), 'utf8')).early.length > 0)
  expect(early).toEqual([])
})

test.each([
  ['<p>Hello there</p>', ['Hello there']],
  ['<Field label="Name" />', ['Name']],
  ['<p aria-label={isNew ? "New" : label} />', ['New']],
  ['<p>{count} of {all}</p>', ['of']],
  ['offer(title, { label: "Show", run })', ['Show']],
  ['notify(`“${title}” was added`)', ['“']],
  ['if (key === "Enter") throw new Error("Not for users")', []],
  ['<p className="row row-title" role="alert">{t.list.tasks}</p>', []],
])('%s has the literal texts %j', (source, texts) => {
  expect(textsIn('screen.tsx', source).literals).toEqual(texts)
})
