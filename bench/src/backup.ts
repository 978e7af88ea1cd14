import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, utf8 } from '@salus/base';
import { backUp, foundNode, type RunningNode, rehearse, restore, startNode } from '@salus/node';
import { systemRandom as random } from '@salus/schemes/keyless';
import { activate, addRecords, createAccount, enrolOperator, MemoryStore, newOperator } from '@salus/sdk';
import type { Report } from './runner/figure.ts';
import { PASSWORD } from './runner/hospital.ts';

/** Slots and shares in random order, as records bring them: some 140 MB. */
const ROWS = 60_000;
const ROWS_AT_ONCE = 500;
const MB = 1_000_000;

/**
 * A node with a database of some size, backed up into a folder: all of it, then what one more record changed, then nothing; and
 * restored and rehearsed. Flushed to one disk; no line in between.
 */
export async function run(report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'salus-backup-bench-'));
  const home = join(folder, 'home');
  const place = { target: { name: 'place', folder: join(folder, 'place') }, base: folder };
  const { identity, operator } = await newOperator('Bench', 'operator@bench.example', random);
  const config = { logLevel: 'warn' as const, perMinute: 1_000_000 };
  const founding = { operator, organisation: 'Bench', time: Date.now(), random, config };
  const { recoveryKey } = await foundNode(home, founding);
  const node = await startNode({ home, port: 0 });
  try {
    const at = { node: node.url, random, now: Date.now };
    const enrolled = await enrolOperator({ ...at, store: new MemoryStore() }, identity, PASSWORD);
    const person = { role: 'patient' as const, name: 'P', email: 'p@bench.example', birthDate: '1984-03-02' };
    const profile = { ...person, phone: '1', address: '1' };
    const { device } = await createAccount({ ...at, store: new MemoryStore() }, profile, PASSWORD);
    await activate(enrolled, device.account);
    await fill(node);
    const { size } = await stat(join(home, 'node', 'salus.db'));
    const sizes = { size_mb: Math.round(size / MB) };
    const who = 'salus';
    const timed = async <Result>(run: () => Promise<Result>) => {
      const start = performance.now();
      const result = await run();
      return { result, seconds: (performance.now() - start) / 1_000 };
    };
    const first = await timed(() => backUp(home, place));
    report({ who, metric: 'first_mb_s', value: size / MB / first.seconds, ...sizes });
    const contents = [{ kind: 'document' as const, title: 'note', fileName: 'note.txt', body: noteBody }];
    for await (const { record } of addRecords(device, contents)) if (!record) throw new Error('not added');
    for (const metric of ['record', 'unchanged']) {
      const { result, seconds } = await timed(() => backUp(home, place));
      report({ who, metric: `${metric}_sent_bytes`, value: result.sent.sizeBytes, ...sizes });
      report({ who, metric: `${metric}_s`, value: seconds, ...sizes });
    }
    const restored = await timed(() => restore(join(folder, 'again'), place, recoveryKey));
    report({ who, metric: 'restore_mb_s', value: size / MB / restored.seconds, ...sizes });
    const rehearsed = await timed(() => rehearse(home, place, recoveryKey));
    if (rehearsed.result.differing.length > 0) throw new Error('the rehearsal failed');
    report({ who, metric: 'rehearsal_s', value: rehearsed.seconds, ...sizes });
  } finally {
    await node.stop();
    await rm(folder, { recursive: true });
  }
}

async function* noteBody(): AsyncGenerator<Uint8Array> {
  yield utf8('one more');
}

/** Rows that belong to no operation of the ledger: this node is not started again. */
async function fill({ context: { database } }: RunningNode): Promise<void> {
  for (let done = 0; done < ROWS; done += ROWS_AT_ONCE) {
    const slots = Array.from({ length: ROWS_AT_ONCE }, () => newId(random));
    const slot = (id: string) => ({
      ...{ slot: id, record: newId(random), grp: 'document', generation: 1, recipient: newId(random) },
      ...{ kind: 'direct', e: random(48), value: random(576), keys_version: 1 },
    });
    await database.insertInto('slot').values(slots.map(slot)).execute();
    await database
      .insertInto('share')
      .values(slots.map((id) => ({ slot: id, sealed: random(1_300) })))
      .execute();
  }
}
