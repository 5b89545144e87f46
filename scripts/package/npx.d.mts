export function isRunByNpx(env: Readonly<Record<string, string | undefined>>): boolean
