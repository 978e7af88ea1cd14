import { type Bytes, concat, equal } from '@salus/base';
import { seededRandom } from '@salus/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPart, type SealedChunk, sealBody } from '../src/body.ts';
import { KnownChunks } from '../src/knownChunks.ts';
import { paddedLength } from '../src/padding.ts';

const random = seededRandom('body');

async function seal(body: Bytes, known = new KnownChunks()): Promise<SealedChunk[]> {
  const chunks: SealedChunk[] = [];
  for await (const chunk of sealBody([body], known, random)) chunks.push(chunk);
  return chunks;
}

async function open(chunks: readonly SealedChunk[], sealedBy: ReadonlyMap<string, Bytes> = new Map()): Promise<Bytes> {
  const parts = chunks.map(({ ref, sealed }, i) => openPart(ref, sealed ?? sealedBy.get(String(ref.hash))!, i + 1));
  return concat(...(await Promise.all(parts)));
}

describe('a body', () => {
  it('comes back byte for byte, empty ones too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (body) => {
        expect(equal(await open(await seal(body)), body)).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(await seal(new Uint8Array(0))).toEqual([]);
  });

  it('tells its length only up to padding', async () => {
    const sizes = await Promise.all(
      [1, 500, 1_024].map(async (length) => (await seal(random(length)))[0]!.sealed!.length),
    );
    expect(new Set(sizes).size).toBe(1);
  });

  it('seals anew only what an edit changed, and no key seals twice', async () => {
    const before = random(12 * 1024 * 1024);
    const first = await seal(before);
    const edited = concat(before.subarray(0, 6_000_000), random(12), before.subarray(6_000_000));
    const second = await seal(edited, new KnownChunks(first.map(({ ref }) => ref)));
    const fresh = second.filter(({ sealed }) => sealed);
    expect(fresh.length).toBeGreaterThan(0);
    expect(fresh.reduce((sum, { sealed }) => sum + sealed!.length, 0)).toBeLessThan(9 * 1024 * 1024);
    const keys = [...first, ...fresh].map(({ ref }) => String(ref.key));
    expect(new Set(keys).size).toBe(keys.length);
    expect(
      equal(await open(second, new Map(first.map(({ ref, sealed }) => [String(ref.hash), sealed!]))), edited),
    ).toBe(true);
  });

  it('that nothing cuts is found again chunk for chunk, with one try each', async () => {
    const zeros = new Uint8Array(20 * 1024 * 1024);
    const first = await seal(zeros);
    const known = new KnownChunks(first.map(({ ref }) => ref));
    const tried: number[] = [];
    const candidates = known.candidates.bind(known);
    known.candidates = (sizeBytes) => {
      const found = candidates(sizeBytes);
      tried.push(found.length);
      return found.slice(0, 1);
    };
    expect((await seal(zeros, known)).map(({ ref }) => ref)).toEqual(first.map(({ ref }) => ref));
    // As many as there are of one length, and a known number at most where there are many.
    expect(Math.max(...tried)).toBe(4);
  });

  it('of the same length as before and other content is sealed under keys of its own', async () => {
    const [before] = await seal(random(3_000));
    const [after] = await seal(random(3_000), new KnownChunks([before!.ref]));
    expect(after!.sealed).toBeDefined();
    expect(after!.ref.key).not.toEqual(before!.ref.key);
    await expect(openPart({ ...before!.ref, hash: after!.ref.hash }, after!.sealed!, 1)).rejects.toMatchObject({
      code: 'body-damaged',
    });
  });

  it('notices a chunk that is shorter than its reference says', async () => {
    const [made] = await seal(random(3_000));
    await expect(openPart({ ...made!.ref, sizeBytes: 4_000 }, made!.sealed!, 1)).rejects.toMatchObject({
      code: 'body-damaged',
    });
  });

  it('notices a chunk put in the place of another', async () => {
    const [a] = await seal(random(3_000));
    const [b] = await seal(random(3_000));
    await expect(openPart(a!.ref, b!.sealed!, 1)).rejects.toMatchObject({ code: 'body-damaged' });
    // Even where the hash is made to fit, the key does not.
    await expect(openPart({ ...a!.ref, hash: b!.ref.hash }, b!.sealed!, 1)).rejects.toMatchObject({
      code: 'body-damaged',
    });
  });
});

describe('padding', () => {
  it('adds at most 12 % above a page, never shrinks, and keeps order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 33 }), (length) => {
        const padded = paddedLength(length);
        expect(padded).toBeGreaterThanOrEqual(Math.max(length, 1_024));
        if (length > 1_024) expect(padded).toBeLessThanOrEqual(Math.ceil(length * 1.12));
        expect(paddedLength(length + 1)).toBeGreaterThanOrEqual(padded);
      }),
    );
  });
});
