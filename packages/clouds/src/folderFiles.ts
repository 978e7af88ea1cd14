import type * as nodeFiles from 'node:fs/promises';
import { Turnstile } from './bounded.ts';

/** What the folder store needs of an open file. */
export type FolderFile = Pick<nodeFiles.FileHandle, 'stat' | 'read' | 'write' | 'datasync' | 'sync' | 'close'>;

/** What the folder store needs of a file system; tests pass one that fails. */
export type FolderFiles = Pick<
  typeof nodeFiles,
  'rename' | 'link' | 'unlink' | 'readdir' | 'mkdir' | 'rm' | 'stat' | 'statfs'
> & {
  open(path: string, flags: string): Promise<FolderFile>;
};

/**
 * The same files, one operation at a time. A disk that hangs holds every thread that works on it, and a process has four for
 * all its files and its cryptography: so it holds one of them, and the rest goes on (decision 0016).
 */
export function oneAtATime(files: FolderFiles): FolderFiles {
  const turnstile = new Turnstile(1);
  const inTurn = <Of extends object>(of: Of, names: readonly (keyof Of)[]): Of =>
    Object.fromEntries(
      names.map((name) => [
        name,
        async (...given: unknown[]) => {
          const leave = await turnstile.enter();
          try {
            return await (of[name] as (...all: unknown[]) => Promise<unknown>).apply(of, given);
          } finally {
            leave();
          }
        },
      ]),
    ) as Of;
  const { open } = inTurn(files, ['open']);
  return {
    ...inTurn(files, ['rename', 'link', 'unlink', 'readdir', 'mkdir', 'rm', 'stat', 'statfs']),
    open: async (path, flags) =>
      inTurn(await open(path, flags), ['stat', 'read', 'write', 'datasync', 'sync', 'close']),
  };
}
