import type { AccountId, DeviceId } from '@salus/base';
import { need } from './need.ts';
import type { StateReader } from './state/reader.ts';
import { NOTHING_STORED, type StoredAt, storedAtKey } from './state/storage.ts';
import { STORAGE_KEY, type StorageKey } from './state/storageKey.ts';

/** The storage key in force. Rejects with `storage-key-unknown`. */
export function needStorageKey(state: StateReader): StorageKey {
  const key = state.get(STORAGE_KEY);
  need(key, 'storage-key-unknown');
  return key;
}

/** The same, where the signer is the device that it names. Rejects with `storage-not-yours` otherwise. */
export function needStorageNode(state: StateReader, account: AccountId, device: DeviceId): StorageKey {
  const key = needStorageKey(state);
  need(key.account === account && key.device === device, 'storage-not-yours', { device });
  return key;
}

/** What is said of a cloud under the key of this version: sums of an earlier one count for nothing, its history does. */
export function storedAt(state: StateReader, cloud: string, version: number): StoredAt {
  const held = state.get(storedAtKey(cloud)) ?? NOTHING_STORED;
  return held.version === version ? held : { ...held, version, pieces: 0, blocks: 0, proven: null };
}
