import type { Command } from '../command.ts'

/** Knows a kind of message: `said` is without its closing marks. */
export type Rule = (said: string, text: string) => Command | undefined

/** What people call a task. */
export const NOUN = '(?:task|todo|to-do|to do|item|reminder|entry)'
