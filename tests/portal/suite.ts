import { systemRandom } from '@salus/schemes/keyless';
import { activate, createAccount, type Device, MemoryStore, showCode } from '@salus/sdk';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { PASSWORD } from '../src/people.ts';
import { missing, Place } from './place.ts';
import type { Visitor } from './visitor.ts';

const why = missing();

/** Somebody registered and activated without a browser, ready to log in on one. */
export interface Registered {
  device: Device;
  email: string;
  code: string;
}

/**
 * A place and the visitors of one suite: opened before it, closed after it, and what each saw printed where a test fails.
 * Skips its tests, saying why, where there is no browser.
 */
export class Suite {
  place!: Place;
  readonly #visitors: Visitor[] = [];

  constructor(readonly width: number) {
    beforeAll(async () => {
      if (!why) this.place = await Place.open();
    });
    beforeEach(({ skip }) => skip(why !== undefined, why));
    afterEach(async ({ task }) => {
      if (task.result?.state !== 'fail') return;
      const open = this.#visitors.filter(({ page }) => !page.isClosed());
      console.error((await Promise.all(open.map((one) => one.account()))).join('\n\n'));
    });
    afterAll(async () => {
      if (!this.place) return;
      for (const one of this.#visitors) if (!one.page.isClosed()) await one.leave();
      await this.place.close();
    });
  }

  /** Somebody at a browser of their own. */
  async visit(name: string, path = ''): Promise<Visitor> {
    const visitor = await this.place.visit(name, this.width, path);
    this.#visitors.push(visitor);
    return visitor;
  }

  async registered(profile: { email: string }): Promise<Registered> {
    const surroundings = {
      node: this.place.node.url,
      store: new MemoryStore(),
      random: systemRandom,
      now: Date.now,
    };
    const { device, code } = await createAccount(surroundings, profile, PASSWORD);
    await activate(this.place.operator, device.account);
    return { device, email: profile.email, code: showCode(code) };
  }
}
