import { expect, test } from 'vitest'
import { misspeltNames } from './misspelt.ts'
import { variables } from './variables.ts'

const ours = Object.keys(variables.shape)

test.each([
  ['DATABSE_URL', 'DATABASE_URL'],
  ['DATABASE_ULR', 'DATABASE_URL'],
  ['DATABASEURL', 'DATABASE_URL'],
  ['database_url', 'DATABASE_URL'],
  ['BETTER_AUTH_SECERT', 'BETTER_AUTH_SECRET'],
  ['CORS_ORIGIN', 'CORS_ORIGINS'],
  ['TASKWIRE_DATADIR', 'TASKWIRE_DATA_DIR'],
  ['OPENAI_MODLE', 'OPENAI_MODEL'],
  ['RATELIMIT_API', 'RATE_LIMIT_API'],
])('%s is taken for a misspelt %s', (name, meant) => {
  expect(misspeltNames(['HOME', name], ours)).toEqual([{ name, meant }])
})

test('no variable of another program is taken for one of ours', () => {
  const others =
    `HOME HOSTNAME HOSTTYPE HOSTS PORTS POST SORT PATH PWD OLDPWD LANG LOGNAME LOG_DIR TZ SHELL TERM USER XDG_DATA_DIRS
    DATABASE DATABASE_HOST DATABASE_NAME DATABASE_USER TEST_DATABASE_URL SHADOW_DATABASE_URL POSTGRES_URL PGHOST PGPORT
    OPENAI_ORG_ID OPENAI_PROJECT AZURE_OPENAI_API_KEY ANTHROPIC_API_KEY AUTH_SECRET NEXTAUTH_URL BETTER_AUTH_TELEMETRY
    NODE_OPTIONS NODE_ENV NO_PROXY HTTP_PROXY npm_config_cache npm_package_name INIT_CWD TASKWIRE_API_KEY TASKWIRE_URL
    OTEL_SERVICE_NAME KUBERNETES_PORT KUBERNETES_SERVICE_HOST SHUTDOWN_TIMEOUT RUST_LOG_LEVEL`.split(/\s+/)
  expect(misspeltNames([...others, ...ours], ours)).toEqual([])
})
