export function removeUnusedFiles(nodeModules: string): void
