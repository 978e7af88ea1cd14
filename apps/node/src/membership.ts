import { type Clouds, type StorePreference, storeConfig, storePreference, type TellMoved } from '@salus/clouds';
import { type NodeConfig, readConfig, writeConfig } from './config.ts';
import { checked, type NodeStore, openStoreOf, type StoreOpening } from './stores.ts';

/** Stripes whose pieces are moved in one step: a step of a slow cloud is still done within a minute. */
const STRIPES_PER_STEP = 20;

/**
 * Which stores a running node has. `node.json` is what a start believes, and is written when a change has been made; changes
 * come one at a time. A crash between leaves pieces on a store that no start knows: repair makes them again elsewhere.
 */
export class Membership {
  readonly #stores: Map<string, NodeStore>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly directory: string,
    readonly clouds: Clouds,
    readonly totalShards: number,
    readonly opening: StoreOpening,
    stores: readonly NodeStore[],
    /** Told what was moved, before it is removed from where it was. */
    readonly tellMoved: TellMoved,
  ) {
    this.#stores = new Map(stores.map((store) => [store.name, store]));
  }

  /** Ends what stores hold open. */
  async close(): Promise<void> {
    await Promise.all([...this.#stores.values()].map((store) => store.close()));
  }

  /** Stores that were being emptied when the node stopped go on being emptied. */
  resume({ draining }: NodeConfig): void {
    for (const name of draining) this.clouds.setDraining(name, true);
  }

  /** Takes a store in that keeps what it is given. Throws `store-config`, `store-known`, or what the store failed with. */
  add(given: unknown): Promise<{ name: string }> {
    return this.#change(async (config) => {
      const entry = checked(storeConfig, given);
      const opened = openStoreOf(entry, this.opening);
      try {
        await this.clouds.addStore(entry.name, opened.store, entry.placement);
      } catch (thrown) {
        await opened.close();
        throw thrown;
      }
      this.#stores.set(entry.name, opened);
      return { next: { ...config, stores: [...config.stores, entry] }, answer: { name: entry.name } };
    });
  }

  /** Begins, or ends, to empty a store. Throws `store-unknown`, `stores-too-few`. */
  setDraining(name: string, draining: boolean): Promise<{ name: string; draining: boolean }> {
    return this.#change(async (config) => {
      this.clouds.setDraining(name, draining);
      const others = config.draining.filter((one) => one !== name);
      return { next: { ...config, draining: draining ? [...others, name] : others }, answer: { name, draining } };
    });
  }

  /** What the operator wants of a store, from now on. Throws `store-config`, `store-unknown`, `stores-too-few`. */
  prefer(name: string, given: unknown): Promise<{ name: string; placement: StorePreference }> {
    return this.#change(async (config) => {
      const placement = checked(storePreference, given);
      this.clouds.setPreference(name, placement);
      const stores = config.stores.map((entry) => (entry.name === name ? { ...entry, placement } : entry));
      return { next: { ...config, stores }, answer: { name, placement } };
    });
  }

  /** Forgets a store that is empty, or lost for good. Throws `store-unknown`, `store-in-use`, `stores-too-few`. */
  remove(name: string, lost: boolean): Promise<{ name: string }> {
    return this.#change(async (config) => {
      await this.clouds.removeStore(name, lost);
      await this.#stores.get(name)?.close();
      this.#stores.delete(name);
      const stores = config.stores.filter((entry) => entry.name !== name);
      return {
        next: { ...config, stores, draining: config.draining.filter((one) => one !== name) },
        answer: { name },
      };
    });
  }

  /** One step of emptying. Throws `store-unknown`, `store-not-draining`. */
  drainStep = (name: string) => this.clouds.drain(name, STRIPES_PER_STEP, this.tellMoved);

  #change<Answer>(change: (config: NodeConfig) => Promise<{ next: NodeConfig; answer: Answer }>): Promise<Answer> {
    const turn = this.#turn.then(async () => {
      const { next, answer } = await change(await readConfig(this.directory));
      // How many pieces a stripe has stays as it was, however many stores there are.
      await writeConfig(this.directory, { ...next, totalShards: this.totalShards });
      return answer;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
