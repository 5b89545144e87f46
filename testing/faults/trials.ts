/** How many trials a test makes: the environment variable TRIALS, else `usual`. */
export function trialsOfRun(usual: number): number {
  // Whoever wants a longer run has only the command line.
  // oxlint-disable-next-line node/no-process-env
  const given = process.env['TRIALS']
  if (given === undefined || given === '') return usual
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new Error(`TRIALS must be a whole number above 0, not "${given}"`)
  return Number(given)
}
