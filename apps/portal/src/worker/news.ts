/** What the worker tells the page without being asked. */
export type Told =
  | { kind: 'changed' }
  | { kind: 'connection'; up: boolean }
  | { kind: 'progress'; task: string; step: string; doneBytes: number; sizeBytes: number; file: string };

type Listener = (told: Told) => void;
const listeners = new Set<Listener>();

export const subscribe = (listener: Listener): void => void listeners.add(listener);

export function tell(told: Told): void {
  for (const listener of listeners) listener(told);
}
