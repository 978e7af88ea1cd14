import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromHex } from '@salus/base';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  acceptChannel,
  checkHead,
  type HeadEntry,
  openDelegation,
  openDelivered,
  openEntry,
  openOwnerBox,
  secretFromOpened,
} from '../../src/holder/index.ts';
import {
  combineLock,
  contextOf,
  initPairing,
  openBox,
  openOnce,
  openRow,
  oprfFinish,
  serve,
  verifyAuthorProof,
  verifyKeyPossession,
} from '../../src/keyless/index.ts';
import { asJson, outcome, schemesVectors } from './schemes.ts';
import { searchVectors } from './search.ts';

beforeAll(initPairing);

const file = (name: string): string => fileURLToPath(new URL(`../../../../spec/vectors/${name}`, import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: vectors are read as whoever implements the page would read them.
type Case = any;

/** The committed file, hexadecimal of even length as bytes, except ids and codes, which are texts. */
function read(name: string): Case {
  const TEXTS = new Set([
    'record',
    'author',
    'account',
    'device',
    'recipient',
    'channel',
    'id',
    'scope',
    'slot',
    'topicSlot',
    'patient',
    'delegation',
    'error',
    'epoch',
    'month',
    'text',
    'group',
    'topic',
    'word',
  ]);
  return JSON.parse(readFileSync(file(name), 'utf8'), (key, value) =>
    typeof value === 'string' && !TEXTS.has(key) && value !== '' && /^([0-9a-f]{2})+$/.test(value)
      ? fromHex(value)
      : value,
  );
}

/** An outcome as the files state it. */
const stated = ({ result, error }: Case) => (error === undefined ? { result } : { error });

describe('golden vectors', () => {
  it('are what the code makes of their seed: a change of any format shows here', async () => {
    await expect(asJson(await schemesVectors())).toMatchFileSnapshot(file('schemes.json'));
    await expect(asJson(await searchVectors())).toMatchFileSnapshot(file('search.json'));
  });

  it('of the schemes still open, hold and fail as written', async () => {
    const vectors = read('schemes.json');
    for (const { holds, ...given } of vectors.possession) expect(verifyKeyPossession(given)).toBe(holds);
    for (const { c1, ctx, proof, holds } of vectors.authorProofs) expect(verifyAuthorProof(c1, ctx, proof)).toBe(holds);
    for (const { name, ctx, M, kappa, K, c1, com } of vectors.secrets) {
      expect(contextOf(name)).toEqual(ctx);
      expect(secretFromOpened(M, kappa, ctx)).toMatchObject({ K, c1, com });
    }
    for (const { stored, t, y, delivered, expected, openings } of vectors.fetches) {
      expect(serve(stored, { t, y })).toEqual(delivered);
      for (const opening of openings)
        expect(outcome(() => openDelivered({ ...opening, ...expected }).K)).toEqual(stated(opening));
    }
    for (const lock of vectors.locks)
      expect(outcome(() => combineLock(lock.shares, lock.threshold))).toEqual(stated(lock));
    for (const lookUp of vectors.lookUps) expect(outcome(() => oprfFinish(lookUp))).toEqual(stated(lookUp));
    const { once, boxes, ownerBoxes } = vectors.sealed;
    for (const { key, sealed, aad, plaintext } of once)
      expect(await openOnce(key, sealed, aad)).toEqual(plaintext ?? undefined);
    for (const { seed, box, aad, plaintext } of boxes)
      expect(await openBox(seed, undefined, box, aad)).toEqual(plaintext ?? undefined);
    for (const { root, name, box, origin } of ownerBoxes)
      expect(await openOwnerBox(root, name, box)).toEqual(origin ?? undefined);
  });

  it('of the search still open, hold and fail as written', async () => {
    const vectors = read('search.json');
    for (const { k, error, ...offer } of vectors.channels) {
      if (error) await expect(acceptChannel(offer)).rejects.toMatchObject({ code: error });
      else expect(await acceptChannel(offer)).toEqual({ id: offer.id, k });
    }
    for (const { dataKey, label, sealed, entry, head, error } of vectors.entries) {
      const opened = await openEntry(dataKey, label, sealed);
      if (!head) expect(opened).toEqual(entry ?? undefined);
      else if (error) await expect(checkHead(opened as HeadEntry, head)).rejects.toMatchObject({ code: error });
      else expect(await checkHead(opened as HeadEntry, head)).toMatchObject({ count: head.count, gaps: head.gaps });
    }
    for (const { serverSecret, rowKey, wrapped, row } of vectors.rows.sealed)
      expect(await openRow(serverSecret, rowKey, wrapped)).toEqual(row ?? undefined);
    for (const { boxSeed, box, delegation } of vectors.rows.delegations)
      expect(await openDelegation({ boxSeed }, delegation.delegation, box)).toEqual(delegation);
  });
});
