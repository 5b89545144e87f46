import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './build/compressed.ts'
import { offlineShell } from './build/offline_shell.ts'

const api = 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [react(), offlineShell(), compressed()],
  build: {
    target: 'es2023',
    // The server's content security policy allows files only: no data URIs, no inline scripts.
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
