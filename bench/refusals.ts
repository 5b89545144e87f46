import { request, Agent } from 'node:http'
import { parseArgs } from 'node:util'
import { generateKeyPair, SignJWT } from 'jose'

const usage = `node bench/refusals.ts --url http://127.0.0.1:8000 --token "$TOKEN" [--count 2000]

How long a running server takes to refuse a token, by what is wrong with it: median and 99th percentile in milliseconds,
one request after the other over one connection. --token is a valid HS256 token, for comparison and to be forged.`

const { values } = parseArgs({
  options: { url: { type: 'string' }, token: { type: 'string' }, count: { type: 'string', default: '2000' } },
})
const { url, token } = values
if (url === undefined || token === undefined) {
  process.stderr.write(`${usage}\n`)
  process.exit(1)
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const count = Number(values.count)
for (const [what, kind] of Object.entries(await kinds(url, token))) {
  const times: number[] = []
  for (let number = 0; number < count; number++) times.push(await timed(url, kind(number)))
  times.sort((one, other) => one - other)
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(3)
  process.stdout.write(`${what.padEnd(32)} median ${at(0.5)} ms   p99 ${at(0.99)} ms\n`)
}
agent.destroy()

/** A different token for each request, so that caching does not help. */
async function kinds(iss: string, valid: string): Promise<Record<string, (number: number) => string>> {
  const { privateKey } = await generateKeyPair('EdDSA')
  const claims = { sub: 'alice', iss, aud: iss, exp: Math.floor(Date.now() / 1000) + 3600 }
  const unknown = await Promise.all(
    Array.from({ length: count }, (_, number) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: `unknown-${number}` }).sign(privateKey),
    ),
  )
  return {
    'accepted (database)': () => valid,
    'no token': () => '',
    malformed: (number) => `malformed-${number}`,
    '9000 characters': (number) => `${number}`.padEnd(9000, 'x'),
    'HS256, wrong signature': (number) => `${valid.slice(0, -6)}${String(number).padStart(6, '0')}`,
    'EdDSA, unknown key (database)': (number) => unknown[number] ?? '',
    'API key, unknown (database)': (number) => `tw_${letters(number)}`,
  }
}

function letters(number: number): string {
  const text = String(number).replace(/\d/g, (digit) => String.fromCharCode(97 + Number(digit)))
  return text.padStart(64, 'x')
}

function timed(base: string, bearer: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    const headers = bearer === '' ? {} : { authorization: `Bearer ${bearer}` }
    const sent = request(`${base}/auth/me`, { agent, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(performance.now() - begun))
    })
    sent.on('error', reject)
    sent.end()
  })
}
