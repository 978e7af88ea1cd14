import { cloudsError } from './errors.ts';
import type { ObjectStore } from './objectStore.ts';

/** A store that is only looked at: whatever would change it throws `store-read-only`. */
export function readOnly<Store extends ObjectStore>(store: Store): Store {
  const refuse = async (): Promise<never> => {
    throw cloudsError('store-read-only');
  };
  return { ...store, put: refuse, putIfAbsent: refuse, delete: refuse };
}
