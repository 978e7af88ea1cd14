import type { Clouds } from '@salus/clouds';
import { type NodeConfig, nodeConfig, readConfig, writeConfig } from './config.ts';
import { nodeError } from './errors.ts';
import { type AroundStore, openOne } from './stores.ts';

/** Stripes whose pieces are moved in one step: a step of a slow cloud is still done within a minute. */
const STRIPES_PER_STEP = 20;

/**
 * Which stores a running node has. `node.json` is what a start believes, so it is written before a store is used and after
 * one is forgotten; changes come one at a time.
 */
export class Membership {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly home: string,
    readonly directory: string,
    readonly clouds: Clouds,
    readonly totalShards: number,
    readonly around?: AroundStore,
  ) {}

  /** Stores that were being emptied when the node stopped go on being emptied. */
  resume({ draining }: NodeConfig): void {
    for (const name of draining) this.clouds.setDraining(name, true);
  }

  /** Takes a store in that keeps what it is given. Throws `store-config`, `store-known`, or what the store failed with. */
  add(given: unknown): Promise<{ name: string }> {
    return this.#change(async (config) => {
      const stores = nodeConfig.shape.stores.element.safeParse(given);
      if (!stores.success)
        throw nodeError('store-config', { path: stores.error.issues[0]?.path.join('.') || 'the whole' });
      const entry = stores.data;
      await this.clouds.addStore(entry.name, openOne(this.home, entry, this.around));
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

  /** Forgets a store that is empty, or lost for good. Throws `store-unknown`, `store-in-use`, `stores-too-few`. */
  remove(name: string, lost: boolean): Promise<{ name: string }> {
    return this.#change(async (config) => {
      await this.clouds.removeStore(name, lost);
      const stores = config.stores.filter((entry) => entry.name !== name);
      return {
        next: { ...config, stores, draining: config.draining.filter((one) => one !== name) },
        answer: { name },
      };
    });
  }

  /** One step of emptying. Throws `store-unknown`, `store-not-draining`. */
  drainStep = (name: string) => this.clouds.drain(name, STRIPES_PER_STEP);

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
