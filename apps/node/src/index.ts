export { readBlockLog } from '@salus/ledger';
export { backUp, restore } from './backup.ts';
export type { NodeConfig } from './config.ts';
export type { NodeContext } from './context.ts';
export { type Founded, type Founding, foundNode, isFounded } from './found.ts';
export { type RunningNode, type StartOptions, startNode } from './start.ts';
export type { AroundStore } from './stores.ts';
export { type Traced, traceLock } from './tracing.ts';
export { VERSION } from './version.ts';
