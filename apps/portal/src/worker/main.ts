import { expose } from 'comlink';
import { failureOf, refusal } from './failure.ts';
import { subscribe } from './news.ts';
import { store } from './surroundings.ts';
import type { Verbs } from './verbs/index.ts';

/** The device itself, with all its cryptography: several times as large as the page, and of no use to whoever is not yet in. */
const device = () =>
  import('./verbs/index.ts').catch(() => {
    throw refusal('page-outdated', 'The page could not be loaded to its end.', 'Load it again.');
  });

/** Whether nobody is signed in here: the one question that is answered without the device. */
const isVacant = async (name: keyof Verbs): Promise<boolean> =>
  name === 'seat' && (await store.get('identity')) === undefined;

/** What crosses between page and worker: names of verbs, plain values, and errors as values. */
const desk = {
  async run(name: keyof Verbs, args: unknown[]) {
    try {
      if (await isVacant(name)) return { value: undefined };
      const { verbs } = await device();
      return { value: await (verbs[name] as (...given: unknown[]) => unknown)(...args) };
    } catch (thrown) {
      return { failure: failureOf(thrown) };
    }
  },
  subscribe,
};
export type Desk = typeof desk;

expose(desk);
