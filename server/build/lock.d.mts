export function startTimeOf(pid: number): Promise<string | undefined>;
export function lockHolder(path: string): Promise<{ pid: number; purpose: string } | undefined>;
export function takeLock(path: string, purpose: string): Promise<{ release: () => Promise<void> } | { heldBy: number; purpose: string }>;
