import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';

const SCREENS = fileURLToPath(new URL('../../docs/screens', import.meta.url));
const HEIGHTS: Record<number, number> = { 390: 844, 1280: 800 };
/** Sealing and opening with real cryptography, on a machine that does other things beside. */
const PATIENCE_MS = 60_000;

/** One person at one browser. Whatever the browser complains about, and every request elsewhere, is kept. */
export class Visitor {
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    readonly name: string,
    readonly width: number,
  ) {}

  static async at(browser: Browser, url: string, name: string, width: number): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: { width, height: HEIGHTS[width] ?? 800 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const visitor = new Visitor(page, name, width);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) visitor.complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => visitor.complaints.push(`page: ${error.message}`));
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'blob:' && protocol !== 'data:' && origin !== new URL(url).origin)
        visitor.complaints.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return visitor;
  }

  /** Whether the screen shows this text, now or soon. */
  sees = (text: string | RegExp): Promise<void> => this.page.getByText(text).first().waitFor();
  heading = (text: string | RegExp): Promise<void> => this.page.getByRole('heading', { name: text }).first().waitFor();
  press = (name: string | RegExp): Promise<void> => this.page.getByRole('button', { name }).first().click();
  follow = (name: string | RegExp): Promise<void> => this.page.getByRole('link', { name }).first().click();
  choose = (label: string | RegExp, value: string): Promise<unknown> =>
    this.page.getByLabel(label).first().selectOption(value);
  check = (name: string | RegExp): Promise<void> => this.page.getByRole('checkbox', { name }).check();

  async fill(values: Record<string, string>): Promise<void> {
    for (const [label, value] of Object.entries(values)) await this.page.getByLabel(label).first().fill(value);
  }

  /** By keyboard alone. */
  async logIn(email: string, password: string, code: string): Promise<void> {
    await this.page.getByLabel('E-mail').focus();
    for (const [i, value] of [email, password, code].entries()) {
      if (i > 0) await this.page.keyboard.press('Tab');
      await this.page.keyboard.type(value);
    }
    await this.page.keyboard.press('Enter');
  }

  /** Goes to one of the four places. */
  place = (name: string): Promise<void> =>
    this.page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

  /** The screen as it stands is accessible and as wide as the window; it is kept as a picture when pictures are made. */
  async looksRight(screen: string): Promise<void> {
    await this.page.locator('.mantine-Loader-root').first().waitFor({ state: 'detached' });
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
    const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${screen} is wider than the window`).toBeLessThanOrEqual(0);
    if (!process.env.SALUS_SCREENS) return;
    await mkdir(SCREENS, { recursive: true });
    const height = await this.page.evaluate(() => document.documentElement.scrollHeight);
    const usual = HEIGHTS[this.width] ?? 800;
    await this.page.setViewportSize({ width: this.width, height: Math.max(usual, height) });
    await this.page.screenshot({ path: join(SCREENS, `${screen}-${this.width}.png`), fullPage: true });
    await this.page.setViewportSize({ width: this.width, height: usual });
  }

  /** Holds what the page sends to these addresses, until what this gives is called. */
  async heldBack(addresses: string): Promise<() => void> {
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await this.page.route(addresses, async (route) => {
      await gate;
      await route.fallback();
    });
    return letGo;
  }

  /** What to know when a wait was in vain. */
  async account(): Promise<string> {
    const text = await this.page.locator('body').textContent();
    return [`${this.name} at ${this.page.url()}`, ...this.complaints, text].join('\n');
  }

  /** Takes back complaints of the browser that a test provoked, such as an answer with an error's status. */
  forgive(what: string): void {
    this.complaints.splice(0, this.complaints.length, ...this.complaints.filter((one) => !one.includes(what)));
  }

  async leave(): Promise<void> {
    await this.page.context().close();
    expect(this.complaints).toEqual([]);
  }
}
