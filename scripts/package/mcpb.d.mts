export function packMcpb(folder: string): string
