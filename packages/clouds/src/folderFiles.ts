import type * as nodeFiles from 'node:fs/promises';

/** What the folder store needs of a file system; tests pass one that fails. */
export type FolderFiles = Pick<
  typeof nodeFiles,
  'open' | 'rename' | 'link' | 'unlink' | 'readdir' | 'mkdir' | 'rm' | 'stat' | 'statfs'
>;
