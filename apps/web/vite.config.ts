import { readFileSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './build/compressed.ts'
import { inlineStyles } from './build/inline_styles.ts'
import { offlineShell } from './build/offline_shell.ts'

const api = 'http://127.0.0.1:8000'

/** Where the source is, for those who want to read it; empty where package.json does not say. */
const { repository = '' }: { repository?: string | { url: string } } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)
const source = typeof repository === 'string' ? repository : repository.url.replace(/^git\+/, '')

export default defineConfig({
  define: { SOURCE_URL: JSON.stringify(source) },
  plugins: [react(), inlineStyles(), offlineShell(), compressed()],
  // The peers of our packages come from this package, as in an application of somebody else.
  resolve: { dedupe: ['@taskwire/client', '@trpc/client', '@trpc/server'] },
  build: {
    target: 'es2023',
    // The server's content security policy allows files and inline styles only: no data URIs, no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  server: {
    port: 3000,
    strictPort: true,
    // One origin in development as in production: cookies and streams behave the same.
    proxy: Object.fromEntries(
      ['/api', '/trpc', '/auth', '/.well-known', '/docs', '/openapi.json', '/health', '/mcp'].map((path) => [
        path,
        api,
      ]),
    ),
  },
})
