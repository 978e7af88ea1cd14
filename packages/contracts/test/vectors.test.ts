import { readFile } from 'node:fs/promises';
import { encodeCanonical, fromHex, hex } from '@salus/base';
import { describe, expect, it } from 'vitest';
import { contracts, networkOf, parseOperation } from '../src/index.ts';
import { World } from './fixture/world.ts';
import { makeVectors } from './operationVectors.ts';

const FILE = new URL('../../../spec/vectors/operations.json', import.meta.url);
type Vectors = Awaited<ReturnType<typeof makeVectors>>;
const readVectors = async (): Promise<Vectors> => JSON.parse(await readFile(FILE, 'utf8'));

async function worldOf({ genesis, network, accepted }: Vectors): Promise<World> {
  const genesisBytes = fromHex(genesis);
  expect(hex(networkOf(genesisBytes))).toBe(network);
  const world = new World({ ...(await World.make('vectors')).net, genesisBytes });
  for (const { bytes, hash, time, type } of accepted) {
    const signed = parseOperation(fromHex(bytes));
    expect([signed.operation.type, hex(signed.hash)]).toEqual([type, hash]);
    // The world adds a second of its own.
    world.time = time - 1_000;
    expect((await world.judge(signed.bytes)).rejected).toBeUndefined();
  }
  return world;
}

describe('spec/vectors/operations.json', () => {
  it('is what the code makes', async () => {
    await expect(`${JSON.stringify(await makeVectors(), null, 1)}\n`).toMatchFileSnapshot(FILE.pathname);
  });

  it('holds every type of operation', async () => {
    const { accepted } = await readVectors();
    expect(new Set(accepted.map(({ type }) => type))).toEqual(new Set(Object.keys(contracts)));
  });

  it('its operations, accepted one by one, give its state', async () => {
    const vectors = await readVectors();
    const world = await worldOf(vectors);
    const state = Object.fromEntries([...world.values].map(([key, value]) => [key, hex(encodeCanonical(value))]));
    expect(state).toEqual(vectors.state);
  });

  it('its other forms are refused with the codes it says', async () => {
    const vectors = await readVectors();
    const world = await worldOf(vectors);
    for (const { why, code, bytes } of vectors.refused) {
      const fate = await world.judge(fromHex(bytes)).then(
        (outcome) => outcome.rejected?.code,
        (thrown) => thrown.code,
      );
      expect(fate, why).toBe(code);
    }
  });
});
