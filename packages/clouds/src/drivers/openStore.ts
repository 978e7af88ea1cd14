import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cloudsError } from '../errors.ts';
import { openFolderStore } from '../folderStore.ts';
import type { Closable, ObjectStore, Promising } from '../objectStore.ts';
import { readOnly } from '../readOnly.ts';
import { readCredentials, type Surroundings } from './credentials.ts';
import { type Driver, type StackWorld, stack } from './stack.ts';
import type { StoreConfig, storeSecrets } from './storeConfig.ts';

/** A store as a configuration describes it. */
export interface OpenedStore extends ObjectStore, Promising, Closable {}

export interface OpenStoreOptions extends Surroundings, StackWorld {
  /** Looks at a store that another process owns: nothing of it is changed, and writes are refused. */
  readOnly?: boolean;
}

type RemoteConfig = Exclude<StoreConfig, { kind: 'folder' }>;

/**
 * Opens a store of any kind. Loads the client library of that kind alone, and connects to nothing: a store that is away
 * tells so when it is used. Throws `credentials-unusable`, and `store-unavailable` where a folder cannot be opened.
 */
export async function openStore(config: StoreConfig, options: OpenStoreOptions): Promise<OpenedStore> {
  const { directory, readOnly: untouched = false } = options;
  if (config.kind === 'folder') {
    const folder = openFolder(resolve(directory, config.folder), untouched);
    return untouched ? readOnly(await folder) : folder;
  }
  const store = stack(await openDriver(config, options), config, options);
  return untouched ? readOnly(store) : store;
}

async function openDriver(config: RemoteConfig, around: OpenStoreOptions): Promise<Driver> {
  const ca =
    'caFile' in config && config.caFile ? await readAuthorities(config.name, config.caFile, around) : undefined;
  const secrets = <Kind extends keyof typeof storeSecrets>(kind: Kind) => readCredentials(kind, config, around);
  switch (config.kind) {
    case 's3':
      return (await import('./s3/s3Store.ts')).s3Driver(config, await secrets('s3'), ca);
    case 'azure':
      return (await import('./azure/azureStore.ts')).azureDriver(config, await secrets('azure'), ca);
    case 'gcs':
      return (await import('./gcs/gcsStore.ts')).gcsDriver(config, await secrets('gcs'), ca);
    case 'webdav':
      return (await import('./webdav/webdavStore.ts')).webdavDriver(config, await secrets('webdav'), ca, around.random);
    case 'ftps':
      return (await import('./ftps/ftpsStore.ts')).ftpsDriver(config, await secrets('ftps'), ca, around.random);
    case 'sftp':
      return (await import('./sftp/sftpStore.ts')).sftpDriver(config, await secrets('sftp'), around.random);
  }
}

async function readAuthorities(store: string, file: string, { directory }: Surroundings): Promise<string> {
  try {
    return await readFile(resolve(directory, file), 'utf8');
  } catch {
    throw cloudsError('credentials-unusable', { store, why: 'caFile cannot be read' });
  }
}

async function openFolder(directory: string, untouched: boolean): Promise<OpenedStore> {
  const folder = await openFolderStore({ directory, untouched });
  return {
    put: (...given) => folder.put(...given),
    putIfAbsent: (...given) => folder.putIfAbsent(...given),
    get: (...given) => folder.get(...given),
    list: (...given) => folder.list(...given),
    delete: (...given) => folder.delete(...given),
    promises: async () => ({ putIfAbsent: 'atomic', put: 'synced' }),
    close: async () => undefined,
  };
}
