export function writePackage(directory: string): Promise<void>
export function packTaskwire(folder: string): Promise<string>
