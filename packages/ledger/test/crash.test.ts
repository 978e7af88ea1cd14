import { fork } from 'node:child_process';
import { copyFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bytes, fromHex } from '@salus/base';
import { describe, expect, it } from 'vitest';
import { openEmbeddedLedger, replay } from '../src/index.ts';
import { Clinic, codeOf } from './fixture/clinic.ts';
import { directory } from './fixture/directory.ts';

const LOG = 'blocks.log';
const STATE = 'state';

/** A closed ledger with a few blocks, to be damaged in copies. */
async function closed() {
  const clinic = await Clinic.open('crash');
  const patient = await clinic.patient();
  for (let i = 0; i < 3; i++) await clinic.submit(clinic.commit(patient));
  const { height } = clinic.ledger.head();
  const blocks = await clinic.blocks();
  await clinic.ledger.close();
  const bytes: Bytes = readFileSync(join(clinic.path, LOG));
  /** Where the last block's frame begins. */
  const lastAt = bytes.length - 40 - blocks.at(-1)!.length;
  return { clinic, patient, height, bytes, lastAt };
}

/** Opens a copy of the directory with another block log, with or without its derived state. */
async function reopened(clinic: Clinic, log: Bytes, keepState: boolean) {
  const path = directory();
  cpSync(clinic.path, path, { recursive: true });
  writeFileSync(join(path, LOG), log);
  if (!keepState) rmSync(join(path, STATE), { recursive: true });
  return { path, ledger: openEmbeddedLedger({ ...clinic.net, directory: path, now: () => clinic.time++ }) };
}

describe('a block log that a crash cut short', () => {
  it('at any byte of the last block: that block, never acknowledged, goes, and the next is written in its place', async () => {
    const { clinic, patient, height, bytes, lastAt } = await closed();
    for (let end = lastAt; end < bytes.length; end += 1 + Math.floor((bytes.length - lastAt) / 7)) {
      const { path, ledger: opening } = await reopened(clinic, bytes.subarray(0, end), false);
      let ledger = await opening;
      expect(ledger.head().height).toBe(height - 1);
      await ledger.submit(await clinic.commit(patient));
      await ledger.close();
      ledger = await openEmbeddedLedger({ ...clinic.net, directory: path, now: () => clinic.time++ });
      expect(ledger.head().height).toBe(height);
      expect((await replay(clinic.net.genesisBytes, ledger.blocks(1))).height).toBe(height);
      await ledger.close();
    }
  });

  it('with zeros or garbage where the last block should be', async () => {
    const { clinic, height, bytes, lastAt } = await closed();
    for (const fill of [0, 0xa5]) {
      const torn = bytes.slice();
      torn.fill(fill, lastAt + 60);
      const ledger = await (await reopened(clinic, torn, false)).ledger;
      expect(ledger.head().height).toBe(height - 1);
      await ledger.close();
    }
  });

  it('with a whole old block inside the unfinished one, as an operation might carry', async () => {
    const { clinic, height, bytes, lastAt } = await closed();
    const first = 8 + 40 + clinic.net.genesisBytes.length;
    const length = 40 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(first + 4);
    const torn = Buffer.concat([bytes.subarray(0, lastAt + 50), bytes.subarray(first, first + length)]);
    const ledger = await (await reopened(clinic, torn, false)).ledger;
    expect(ledger.head().height).toBe(height - 1);
    await ledger.close();
  });

  it('while it was made: it is made again', async () => {
    const { clinic, bytes } = await closed();
    for (const end of [0, 3, 8, 20, 60]) {
      const ledger = await (await reopened(clinic, bytes.subarray(0, end), false)).ledger;
      expect(ledger.head().height).toBe(1);
      await ledger.close();
    }
  });
});

describe('damage that no crash makes is reported, and nothing is cut', () => {
  const refused = async (clinic: Clinic, log: Bytes, keepState: boolean, code: string) => {
    const { path, ledger } = await reopened(clinic, log, keepState);
    expect(await codeOf(ledger)).toBe(code);
    expect(readFileSync(join(path, LOG)).equals(log)).toBe(true);
  };

  it('a byte changed anywhere before the last block', async () => {
    const { clinic, bytes, lastAt } = await closed();
    const genesisEnd = 8 + 40 + clinic.net.genesisBytes.length;
    for (let at = genesisEnd; at < lastAt; at += 97) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      await refused(clinic, changed, false, 'block-log-damaged');
    }
  });

  it('the last block missing or unreadable though it was acknowledged', async () => {
    const { clinic, bytes, lastAt } = await closed();
    await refused(clinic, bytes.subarray(0, lastAt), true, 'block-log-behind');
    const changed = bytes.slice();
    changed[bytes.length - 100]! ^= 1;
    await refused(clinic, changed, true, 'block-log-behind');
  });

  it('a block taken out, with the frames behind it moved up', async () => {
    const { clinic, bytes } = await closed();
    const first = 8 + 40 + clinic.net.genesisBytes.length;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(first + 4);
    const without = Buffer.concat([bytes.subarray(0, first), bytes.subarray(first + 40 + length)]);
    await refused(clinic, without, false, 'block-log-damaged');
  });

  it('another file', async () => {
    const { clinic } = await closed();
    await refused(clinic, new Uint8Array(500).fill(65), false, 'ledger-foreign');
  });
});

describe('the derived state', () => {
  it('is made again when it is lost, and brought up to date when it is behind', async () => {
    const { clinic, patient } = await closed();
    await clinic.reopen();
    const behind = directory();
    await clinic.ledger.close();
    cpSync(clinic.path, behind, { recursive: true });
    await clinic.reopen();
    await clinic.submit(clinic.commit(patient), clinic.commit(patient));
    const [head, state] = [clinic.ledger.header(), clinic.ledger.list('', '', 1_000)];
    await clinic.ledger.close();

    copyFileSync(join(clinic.path, LOG), join(behind, LOG));
    for (const path of [behind, clinic.path]) {
      if (path === clinic.path) rmSync(join(path, STATE), { recursive: true });
      await clinic.reopen(path);
      expect(clinic.ledger.header()).toEqual(head);
      expect(clinic.ledger.list('', '', 1_000)).toEqual(state);
      await clinic.ledger.close();
    }
  });

  it('a block log that was put back to an earlier day is noticed', async () => {
    const { clinic, bytes } = await closed();
    truncateSync(join(clinic.path, LOG), bytes.length - 700);
    expect(await codeOf(clinic.reopen())).toBe('block-log-behind');
  });
});

describe('a node killed without warning', () => {
  it('holds everything it acknowledged', async () => {
    const path = directory();
    const clinic = await Clinic.open('killed');
    await clinic.ledger.close();
    const acknowledged = new Set<string>();
    for (const acknowledgements of [1, 40, 90]) {
      await untilKilled(path, acknowledgements, acknowledged);
      await clinic.reopen(path);
      for (const id of acknowledged) expect(clinic.ledger.operation(id), id).toBeDefined();
      const { height } = await replay(clinic.net.genesisBytes, clinic.ledger.blocks(1));
      expect(height).toBe(clinic.ledger.head().height);
      await clinic.ledger.close();
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(131);
  });
});

const fixture = (name: string): string => fileURLToPath(new URL(`./fixture/${name}`, import.meta.url));

/** Starts a node that writes as fast as it can, and kills it after so many acknowledgements. */
function untilKilled(path: string, acknowledgements: number, acknowledged: Set<string>): Promise<void> {
  const child = fork(new URL('./fixture/run.mjs', import.meta.url), [fixture('writer.ts'), path], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let count = 0;
  child.on('message', (id: string) => {
    expect(fromHex(id)).toHaveLength(16);
    acknowledged.add(id);
    if (++count === acknowledgements) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('exit', (_code, signal) => (signal === 'SIGKILL' ? resolve() : reject(new Error('it ended by itself'))));
  });
}
