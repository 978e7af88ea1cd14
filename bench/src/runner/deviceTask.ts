/** What a bench has a device in a process of its own do. */
export type Task = { do: 'resume'; node: string; profile: string } | { do: 'put' | 'get' | 'edit'; file: string };

/** How long it took and what it sent, or why it failed. */
export type TaskResult = { seconds: number; sentBytes: number } | { failed: string };
