import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foundNode, type RunningNode, startNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import { type Device, enrolOperator, MemoryStore, newOperator, showCode } from '@salus/sdk';
import { type Browser, chromium } from 'playwright-core';
import { emailOf, ORGANISATION, PASSWORD } from '../src/people.ts';
import { Visitor } from './visitor.ts';

const BROWSER = '/usr/bin/chromium';
/** Folder of the built page. */
export const PAGE = fileURLToPath(new URL('../../apps/portal/dist/page', import.meta.url));
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why the page cannot be tested on this machine; undefined where it can. */
export const missing = (): string | undefined =>
  existsSync(BROWSER) ? undefined : 'there is no Chromium: run `node tools/provision.js`';

/** A real node that serves the built page, and a real browser to visit it with. */
export class Place {
  private constructor(
    readonly home: string,
    readonly node: RunningNode,
    readonly operator: Device,
    readonly operatorCode: string,
    readonly recoveryKey: Uint8Array,
    readonly browser: Browser,
  ) {}

  static async open(): Promise<Place> {
    const home = await mkdtemp(join(tmpdir(), 'salus-page-'));
    const { identity, operator } = await newOperator(ORGANISATION, emailOf('operator'), systemRandom);
    const { recoveryKey } = await foundNode(home, {
      operator,
      organisation: ORGANISATION,
      time: Date.now(),
      random: systemRandom,
      config: { perMinute: 1_000_000, repairEveryMs: 3_600_000 },
    });
    const node = await startNode({ home, port: 0, portal: PAGE });
    const surroundings = { node: node.url, store: new MemoryStore(), random: systemRandom, now: Date.now };
    const device = await enrolOperator(surroundings, identity, PASSWORD);
    const browser = await chromium.launch({ executablePath: BROWSER, headless: true, args: FLAGS });
    return new Place(home, node, device, showCode(identity.code), recoveryKey, browser);
  }

  /** Somebody at a browser of their own. */
  visit = (name: string, width: number, path = ''): Promise<Visitor> =>
    Visitor.at(this.browser, `${this.node.url}${path}`, name, width);

  async close(): Promise<void> {
    await this.browser.close();
    await this.node.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}
