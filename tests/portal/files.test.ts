import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, patientProfile } from '../src/people.ts';
import { png } from './png.ts';
import { Suite } from './suite.ts';
import type { Visitor } from './visitor.ts';

const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer });
const SCRIPT = '<script>window.ran = true; fetch("https://elsewhere.example/")</script>';
/** Larger than what an upload sends ahead, so that it can be held in the middle. */
const LARGE_BYTES = 32 * 1024 * 1024;

/** Names and contents that somebody could send to make a page run, hide, or lay out something. */
const HOSTILE = [
  file('<img src=x onerror="window.ran=true">.html', 'text/html', Buffer.from(SCRIPT)),
  file('picture.svg', 'image/svg+xml', Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`)),
  file('report\u202egpj.exe', 'image/jpeg', Buffer.from('MZ not a picture')),
  file('not-a-report.pdf', 'application/pdf', Buffer.from('%PDF-1.7 cut off')),
  file('bomb.png', 'image/png', Buffer.concat([png(2, 2).subarray(0, 40), deflateSync(Buffer.alloc(1 << 20))])),
  file(`${'long '.repeat(40)}.txt`, 'text/plain', Buffer.from('a long name')),
  file('nothing.txt', 'text/plain', Buffer.alloc(0)),
];

describe('files at 390 px', () => {
  const suite = new Suite(390);
  let meera: Visitor;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'salus-files-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const choose = async (files: ReturnType<typeof file>[] | string) => {
    await meera.place('Home');
    await meera.follow('Add');
    await meera.page.getByText('Documents', { exact: true }).click();
    await meera.page.locator('input[type=file]').setInputFiles(files);
    await meera.press(/^Protect and save/);
  };

  it('that are pictures show in place; a newer one replaces them and the older stays in the log', async () => {
    const { email, code } = await suite.registered(patientProfile('Meera Nair'));
    meera = await suite.visit('patient');
    await meera.logIn(email, PASSWORD, code);
    await meera.heading(/Good/);
    await choose([file('x-ray.png', 'image/png', png(320, 200))]);
    await meera.heading('1 record');
    await meera.follow('x-ray.png');
    const picture = meera.page.getByRole('img', { name: 'x-ray.png' });
    await picture.waitFor();
    const drawn = () => picture.evaluate((element) => (element as HTMLImageElement).naturalWidth);
    await expect.poll(drawn).toBe(320);
    await meera.press('Replace by a newer file');
    await meera.page.locator('input[type=file]').setInputFiles(file('x-ray-2.png', 'image/png', png(280, 200)));
    await meera.looksRight('record-picture');
    await meera.press('Protect and save');
    await meera.sees(/version 2/);
    await expect.poll(drawn).toBe(280);
    await meera.place('Activity');
    await meera.page.getByText('Everything', { exact: true }).click();
    await meera.sees('saved a new version of');
  });

  it('held in the middle go on where they were, and those that are stopped leave nothing behind', async () => {
    const large = Buffer.alloc(LARGE_BYTES);
    // Content that never repeats, so that every piece has to travel.
    for (let at = 0; at + 8 <= LARGE_BYTES; at += 8) large.writeDoubleLE(Math.sin(at) * 1e9, at);
    const [scan, stopped] = [join(folder, 'scan.bin'), join(folder, 'stopped.bin')];
    await writeFile(scan, large);
    await writeFile(stopped, large.reverse());
    // So that it is still under way when the buttons are pressed, however busy the machine.
    let letGo = await meera.heldBack('**/chunks');
    await choose(scan);
    await meera.press('Pause');
    await meera.sees(/^Held:/);
    letGo();
    const bar = meera.page.getByRole('progressbar');
    await meera.looksRight('upload-held');
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBeLessThan(100);
    await meera.press('Go on');
    await meera.heading('2 records');
    letGo = await meera.heldBack('**/chunks');
    await choose(stopped);
    await meera.press('Pause');
    await meera.sees(/^Held:/);
    letGo();
    await meera.press('Stop');
    await meera.sees('You stopped this.');
    await meera.place('Records');
    await meera.heading('2 records');
  });

  it('with hostile names and contents are kept as they are, and nothing in them runs', async () => {
    await choose(HOSTILE);
    await meera.heading(`${2 + HOSTILE.length} records`);
    await meera.looksRight('records-hostile');
    for (const { name } of HOSTILE) {
      await meera.place('Records');
      await meera.page
        .getByRole('link', { name: name.slice(0, 30) })
        .first()
        .click();
      await meera.page.getByRole('link', { name: 'Save a copy' }).waitFor();
    }
    expect(await meera.page.evaluate(() => 'ran' in window)).toBe(false);
    // A cut picture is one that the browser cannot draw; it says so and nothing else happens.
    expect(meera.complaints).toEqual([]);
  });
});
