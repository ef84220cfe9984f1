export function startTimeOf(pid: number): Promise<string | undefined>;
export function lockHolder(path: string): Promise<number | undefined>;
export function takeLock(path: string): Promise<{ release: () => Promise<void> } | { heldBy: number }>;
