import type { Command } from '../command.ts'

/** Recognises one kind of message. `phrase` is `text` without its closing punctuation. */
export type Rule = (phrase: string, text: string) => Command | undefined

/** The words that people use for a task. */
export const NOUN = '(?:task|todo|to-do|to do|item|reminder|entry)'
