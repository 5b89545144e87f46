import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const wholePaths = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
// The same engine without windows and notifications: a test takes two thirds of the CPU.
const shellPaths = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium-headless-shell']

/** The path of an installed Chromium or Chrome with all that it can do; undefined if there is none. */
export const wholeBrowserPath = installed(wholePaths)
/** The path of the cheapest one that shows a page; undefined if there is none. */
export const chromiumPath = installed(shellPaths) ?? wholeBrowserPath

export const NO_CHROMIUM =
  'skipped: these tests need Chromium or Chrome, and none was found (set CHROMIUM_PATH to its path)'

// No run there passes without the browser.
if (chromiumPath === undefined && process.env['CI'] === 'true') throw new Error(NO_CHROMIUM.replace('skipped: ', ''))

/** A browser that makes no requests of its own. */
export function openBrowser(executablePath = chromiumPath): Promise<Browser> {
  return chromium.launch({
    executablePath,
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

function installed(paths: readonly (string | undefined)[]): string | undefined {
  return paths.find((path) => path !== undefined && existsSync(path))
}
