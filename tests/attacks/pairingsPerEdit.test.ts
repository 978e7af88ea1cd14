import { createRequire } from 'node:module';
import { myRecord, openFound, openOwn, searchWords, updateRecord } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { note, textOf } from '../src/sharing.ts';
import { openWard, type Ward } from '../src/ward.ts';

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

/** The curve library that device and node both compute with here; its functions are looked up at each call. */
type Mcl = Record<'_mclBn_pairing' | '_mclBn_millerLoop' | '_mclBn_finalExp', (...given: unknown[]) => unknown>;

/** How often a pairing, or a part of one, is computed by anybody in this process while something runs. */
async function pairingsDuring(run: () => Promise<unknown>): Promise<number> {
  const loaded = createRequire(import.meta.url)('mcl-wasm') as { mod?: Mcl; default?: { mod: Mcl } };
  const library = (loaded.default?.mod ?? loaded.mod)!;
  const names = ['_mclBn_pairing', '_mclBn_millerLoop', '_mclBn_finalExp'] as const;
  const originals = names.map((name) => library[name]);
  let count = 0;
  for (const name of names) {
    const original = library[name].bind(library);
    library[name] = (...given) => {
      count++;
      return original(...given);
    };
  }
  try {
    await run();
  } finally {
    for (const [i, name] of names.entries()) library[name] = originals[i]!;
  }
  return count;
}

describe('an edit', () => {
  it('takes no pairing, on the device or on the node, however many readers there are; opening it does', async () => {
    const { meera, rao, records } = ward;
    const edits = await pairingsDuring(async () => {
      for (let i = 0; i < 3; i++) await updateRecord(meera.device, records.skin, note(`skin rash, day ${i}`));
      const { content } = await openOwn(meera.device, await myRecord(meera.device, records.skin));
      expect(await textOf(content())).toBe('skin rash, day 2');
    });
    expect(edits).toBe(0);
    const found = (await searchWords(rao.device, ['skin'])).slice(0, 1);
    // That the count counts: one by the proxy and one by the reader.
    expect(await pairingsDuring(() => openFound(rao.device, found, 'treatment'))).toBeGreaterThanOrEqual(2);
  });
});
