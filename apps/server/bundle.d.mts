export const INSTALLED: string[]
export const SERVED_FILES: Record<string, string[]>
export function bundle(directory: string, home?: string): Promise<string[]>
export function rebuild(directory: string): Promise<void>
