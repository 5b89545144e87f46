// Rules of oxlint for tests: they pass on a busy machine, and notice something.
import { assertsSomething } from './lint_assertions.mjs'

// A promise that rejects while the test still awaits another is an unhandled rejection, which fails the run.

const handledAtOnce = {
  meta: { type: 'problem', docs: { description: 'A promise that a test expects to reject is expected at once.' } },
  create: (context) => ({
    ForOfStatement(node) {
      const name = node.left.declarations?.[0]?.id.name
      if (name === undefined || !startsCalls(node.right) || !isAwaited(node.body, name)) return
      const message = 'These calls all run before the first is awaited: list functions, or use Promise.allSettled.'
      context.report({ node: node.right, message })
    },
    BlockStatement: (node) => reportLate(context, node.body),
    Program: (node) => reportLate(context, node.body),
  }),
}

const MINUTES = 'A busy machine needs longer: wait for the condition as long as the configuration of vitest says.'

/** Only what the product ends by a limit of its own needs a shorter one, and says so in a comment. */
const patientPolls = {
  meta: { type: 'problem', docs: { description: 'What a test waits for may take as long as on a busy machine.' } },
  create: (context) => ({
    CallExpression({ callee, arguments: [, options] }) {
      if (callee.property?.name !== 'poll' || options?.type !== 'ObjectExpression') return
      const timeout = options.properties.find(({ key }) => key?.name === 'timeout')
      if (timeout?.value.value < 30_000) context.report({ node: timeout, message: MINUTES })
    },
  }),
}

const LIMITS = new Set(['test', 'it', 'beforeAll', 'afterAll', 'beforeEach', 'afterEach'])

/** A limit of a test's own is for one that takes longer than the others, not for one that is usually faster. */
const patientLimits = {
  meta: { type: 'problem', docs: { description: 'No test has less time than the configuration of vitest gives.' } },
  create: (context) => ({
    CallExpression({ callee, arguments: given }) {
      if (!LIMITS.has(rootName(callee))) return
      const usual = context.filename.endsWith('.long.test.ts') ? 600_000 : 360_000
      const limit = given.map(limitOf).find((node) => node?.value < usual)
      if (limit !== undefined) context.report({ node: limit, message: MINUTES })
    },
  }),
}

export default {
  meta: { name: 'taskwire' },
  rules: {
    'handled-at-once': handledAtOnce,
    'patient-polls': patientPolls,
    'patient-limits': patientLimits,
    'asserts-something': assertsSomething,
  },
}

/** `test` of `test.each(table)` and of `test.skipIf(condition)`. */
function rootName(callee) {
  if (callee.type === 'MemberExpression') return rootName(callee.object)
  return callee.type === 'CallExpression' ? rootName(callee.callee) : callee.name
}

/** The number of a limit: an argument by itself, or the `timeout` of the options. */
function limitOf(argument) {
  if (argument.type === 'Literal') return typeof argument.value === 'number' ? argument : undefined
  return argument.properties?.find(({ key }) => key?.name === 'timeout')?.value
}

/** Reports `const call = f()` with an await before `expect(call).rejects` or `apiErrorOf(call)` of the same block. */
function reportLate(context, statements) {
  for (const [at, statement] of statements.entries()) {
    for (const { id, init } of statement.type === 'VariableDeclaration' ? statement.declarations : []) {
      if (init?.type !== 'CallExpression' || id.type !== 'Identifier') continue
      const later = statements.slice(at + 1)
      const handled = later.findIndex((other) => expectsRejection(other, id.name))
      if (handled <= 0 || !later.slice(0, handled).some((other) => contains(other, isAwait))) continue
      const message = `\`${id.name}\` may reject during an await before it is handled: create the expectation here.`
      context.report({ node: id, message })
    }
  }
}

function startsCalls(node) {
  if (node.type === 'ArrayExpression') return node.elements.some((element) => element?.type === 'CallExpression')
  return node.type === 'CallExpression' && node.callee.property?.name === 'map'
}

const isAwait = (node) => node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)
const isNamed = (node, name) => node?.type === 'Identifier' && node.name === name

/** Whether the value is awaited itself, or as the argument of an awaited call. */
function isAwaited(body, name) {
  return contains(body, (node) => {
    if (node.type !== 'AwaitExpression') return false
    return isNamed(node.argument, name) || expectsRejection(node, name)
  })
}

function expectsRejection(statement, name) {
  return contains(statement, (node) => {
    if (node.type === 'CallExpression' && isNamed(node.callee, 'apiErrorOf')) return isNamed(node.arguments[0], name)
    if (node.type !== 'MemberExpression' || node.property.name !== 'rejects') return false
    return node.object.type === 'CallExpression' && isNamed(node.object.arguments[0], name)
  })
}

/** Whether the node or one below it is wanted; a function below it runs at another time. */
function contains(node, isWanted) {
  if (isWanted(node)) return true
  return Object.entries(node).some(([key, value]) => {
    if (key === 'parent') return false
    return [value]
      .flat()
      .some((child) => typeof child?.type === 'string' && !isFunction(child) && contains(child, isWanted))
  })
}

const isFunction = ({ type }) => type.includes('Function')
