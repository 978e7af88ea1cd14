import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The system's Chromium without a window. Undefined, and says why on stderr, where it is not installed. */
export async function openBrowser(): Promise<Browser | undefined> {
  if (existsSync(PROGRAM)) return chromium.launch({ executablePath: PROGRAM, headless: true, args: FLAGS });
  process.stderr.write('The page is not measured: there is no Chromium; run `node tools/provision.js`.\n');
  return undefined;
}
