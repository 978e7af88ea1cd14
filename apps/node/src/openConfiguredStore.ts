import { type OpenedStore, openStore, type StoreCall, type StoreConfig } from '@salus/clouds';
import { systemRandom } from '@salus/schemes/keyless';
import { machineClock } from './clock.ts';

/**
 * Opens one store of a node's configuration: paths in it begin at the home folder, and this is the one place that lets
 * drivers see the environment. Throws `credentials-unusable`, and `store-unavailable` where a folder cannot be opened.
 */
export const openConfiguredStore = (
  home: string,
  config: StoreConfig,
  onCall?: (call: StoreCall) => void,
): Promise<OpenedStore> =>
  openStore(config, {
    directory: home,
    environment: process.env,
    clock: machineClock,
    random: systemRandom,
    onCall,
  });
