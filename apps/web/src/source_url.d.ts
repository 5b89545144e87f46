/** Where the source is; empty where package.json does not say. */
declare const SOURCE_URL: string
