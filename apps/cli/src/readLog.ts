import { isSalusError } from '@salus/base';
import { readBlockLog } from '@salus/node';
import { cliError } from './errors.ts';

/** A ledger's file. Throws `file-unreadable`, `ledger-foreign`. */
export function readLog(file: string) {
  try {
    return readBlockLog(file);
  } catch (thrown) {
    if (isSalusError(thrown)) throw thrown;
    throw cliError('file-unreadable', { file, why: thrown instanceof Error ? thrown.message : 'unknown' });
  }
}
