// A rule of oxlint: a test that asserts nothing passes whatever the code does.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ASSERTS = /^(expect|assert)/
/** Steps in a browser that fail where what they wait for does not come. */
const WAITS = /^waitFor/

export const assertsSomething = {
  meta: { type: 'problem', docs: { description: 'A test contains an assertion, or calls a function that does.' } },
  create: (context) => ({
    Program(program) {
      const asserting = assertingNames(program, dirname(context.filename))
      for (const call of testsIn(program)) {
        const body = call.arguments.at(-1)
        if (!isFunction(body) || assertsIn(body, asserting)) continue
        context.report({ node: call.arguments[0], message: 'This test asserts nothing.' })
      }
    },
  }),
}

/** The calls of `test` and of `test.each(...)` in a file. */
function testsIn(program) {
  const found = []
  walk(program, (node) => {
    if (node.type === 'CallExpression' && rootName(node.callee) === 'test' && isFunction(node.arguments.at(-1))) {
      found.push(node)
    }
  })
  return found
}

/** The functions of a file that assert something: its own, directly or by another one, and those that it imports. */
function assertingNames(program, folder) {
  const names = new Set()
  const own = new Map()
  walk(program, (node) => {
    if (node.type === 'FunctionDeclaration') own.set(node.id?.name, node)
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init)
      own.set(node.id.name, node.init)
    if (node.type !== 'ImportDeclaration' || !assertsInFile(join(folder, node.source.value))) return
    for (const { local } of node.specifiers) names.add(local.name)
  })
  for (let size = -1; size !== names.size;) {
    size = names.size
    for (const [name, node] of own) if (assertsIn(node, names)) names.add(name)
  }
  return names
}

function assertsInFile(file) {
  return /\.tsx?$/.test(file) && existsSync(file) && /\b(expect\w*\(|expect\.|waitFor)/.test(readFileSync(file, 'utf8'))
}

function assertsIn(node, names) {
  let asserts = false
  walk(node, ({ type, callee }) => {
    if (type !== 'CallExpression') return
    const name = rootName(callee)
    asserts ||= ASSERTS.test(name) || names.has(name) || WAITS.test(callee.property?.name)
  })
  return asserts
}

/** `expect` of `expect(x).not.toBe` and of `expect.poll`. */
function rootName(node) {
  if (node?.type === 'Identifier') return node.name
  if (node?.type === 'MemberExpression') return rootName(node.object)
  if (node?.type === 'AwaitExpression') return rootName(node.argument)
  return node?.type === 'CallExpression' || node?.type === 'TaggedTemplateExpression'
    ? rootName(node.callee ?? node.tag)
    : ''
}

function walk(node, visit) {
  visit(node)
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent') continue
    for (const child of [value].flat()) if (typeof child?.type === 'string') walk(child, visit)
  }
}

function isFunction(node) {
  return node?.type.includes('Function') === true
}
