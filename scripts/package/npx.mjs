/**
 * Whether npx runs the command `taskwire`. Programs that npx runs, such as agents, hand their environment to whatever they
 * start: there it names their command.
 */
export function isRunByNpx({ npm_lifecycle_event: event, npm_lifecycle_script: script = '' }) {
  return event === 'npx' && /\btaskwire\b/.test(script)
}
