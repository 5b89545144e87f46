/** The most characters that the name of an API key may have. */
export const MAX_API_KEY_NAME = 100
