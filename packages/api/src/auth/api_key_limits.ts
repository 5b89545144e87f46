/** The longest name of an API key, in characters. */
export const MAX_API_KEY_NAME = 100
