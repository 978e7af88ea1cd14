import { gzipSync } from 'node:zlib';
import { showCode } from '@salus/sdk';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './runner/browser.ts';
import type { Report } from './runner/figure.ts';
import { Hospital, PASSWORD } from './runner/hospital.ts';
import { median } from './runner/measure.ts';

const LOGINS = 5;
const GREETING = /^Good (morning|afternoon|evening), /;

/** What a browser that was never here loads of script until it may log in, and how long logging in takes from the key to the start page. */
export async function run(report: Report): Promise<void> {
  const browser = await openBrowser();
  if (!browser) return;
  const hospital = await Hospital.found();
  try {
    const { identity } = await hospital.join('patient', 'meera');
    const person = { email: identity.email, code: showCode(identity.code) };
    const times: number[] = [];
    for (let i = 0; i < LOGINS; i++) {
      const visit = await atLogin(browser, hospital.url);
      if (i === 0) await firstLoad(report, visit);
      times.push(await logIn(visit, person));
      await visit.context().close();
    }
    report({ who: 'salus', metric: 'login_ms', value: median(times), n: LOGINS });
  } finally {
    await browser.close();
    await hospital.close();
  }
}

/** A browser of its own at the login, with nothing more on its way. */
async function atLogin(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })).newPage();
  await page.goto(url);
  await page.getByLabel('E-mail').waitFor();
  await page.waitForLoadState('networkidle');
  return page;
}

/** Scripts as the page and its workers say they loaded them, each compressed as a server would. */
async function firstLoad(report: Report, page: Page): Promise<void> {
  const loaded = () => performance.getEntriesByType('resource').map(({ name }) => name);
  const ofWorkers = await Promise.all(page.workers().map((worker) => worker.evaluate(loaded)));
  const names = new Set([...(await page.evaluate(loaded)), ...ofWorkers.flat()]);
  const scripts = [...names].filter((name) => /\.m?js$/.test(new URL(name).pathname));
  let bytes = 0;
  for (const script of scripts) bytes += gzipSync(new Uint8Array(await (await fetch(script)).arrayBuffer())).length;
  if (page.workers().length === 0 || scripts.length === 0) throw new Error('the page loaded no script, or no worker');
  report({ who: 'salus', metric: 'first_load_kb', value: bytes / 1_000, scripts: scripts.length });
}

/** From pressing Enter to the start page, with password and account code on a browser that knows nothing. */
async function logIn(page: Page, { email, code }: { email: string; code: string }): Promise<number> {
  await page.getByLabel('E-mail').focus();
  for (const [i, value] of [email, PASSWORD, code].entries()) {
    if (i > 0) await page.keyboard.press('Tab');
    await page.keyboard.insertText(value);
  }
  const start = performance.now();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: GREETING }).waitFor();
  return performance.now() - start;
}
