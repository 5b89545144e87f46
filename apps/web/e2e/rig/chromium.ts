import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const paths = [
  process.env['CHROMIUM_PATH'],
  // The same engine without a window system: the tests take it two thirds of the CPU.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The path of an installed Chromium or Chrome; undefined if there is none. */
export const chromiumPath = paths.find((path) => path !== undefined && existsSync(path))

export const NO_CHROMIUM =
  'skipped: these tests need Chromium or Chrome, and none was found (set CHROMIUM_PATH to its path)'

// No run there passes without the browser.
if (chromiumPath === undefined && process.env['CI'] === 'true') throw new Error(NO_CHROMIUM.replace('skipped: ', ''))

/** A browser that makes no requests of its own. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    // A busy machine may take longer than the usual half a minute.
    timeout: 120_000,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}
