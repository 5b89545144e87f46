const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const
const releases: (() => void)[] = []

/**
 * Runs `release` when the program exits, the last one first, also where an error or a signal ends it before its own end
 * does. It must not wait for anything, and has nothing to do where all was released before.
 */
export function atExit(release: () => void): void {
  if (releases.length === 0) listen()
  releases.push(release)
}

function listen(): void {
  for (const [signal, number] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(128 + number))
  process.once('exit', () => {
    for (const release of releases.toReversed()) {
      try {
        release()
      } catch {
        // It is gone already: the others are released all the same.
      }
    }
  })
}
