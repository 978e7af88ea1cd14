import { expose } from 'comlink';
import { failureOf } from './failure.ts';
import { subscribe } from './news.ts';
import { type Verbs, verbs } from './verbs/index.ts';

/** What crosses between page and worker: names of verbs, plain values, and errors as values. */
const desk = {
  async run(name: keyof Verbs, args: unknown[]) {
    try {
      return { value: await (verbs[name] as (...given: unknown[]) => unknown)(...args) };
    } catch (thrown) {
      return { failure: failureOf(thrown) };
    }
  },
  subscribe,
};
export type Desk = typeof desk;

expose(desk);
