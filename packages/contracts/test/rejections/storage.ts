import { deviceKey, writePieces } from '../../src/index.ts';
import { named, newDevice } from '../fixture/people.ts';
import { storing } from '../fixture/storing.ts';
import type { Cases } from './case.ts';

export const storage: Cases = {
  'storage-key-unsound': [
    {
      name: 'an α key that is no point',
      when: async (world) =>
        world.refusal(world.operator, 'storage.key', { ...(await storing(world)).key, alphaKey: world.bytes(96) }),
    },
    {
      name: 'a certificate that is no point',
      when: async (world) =>
        world.refusal(world.operator, 'storage.key', { ...(await storing(world)).key, certificate: world.bytes(96) }),
    },
  ],
  'storage-key-unknown': [
    {
      name: 'an audit before anything is tagged',
      when: (world) =>
        world.refusal(world.operator, 'audit.begin', {
          audit: world.id(),
          commitment: world.bytes(),
          clouds: ['store-1'],
          sample: 460,
        }),
    },
  ],
  'storage-not-yours': [
    {
      name: 'pieces told by a node whose key was replaced by another node',
      when: async (world) => {
        const { key, batch } = await storing(world);
        const [first, second] = [await newDevice(world.random), await newDevice(world.random)];
        await world.do(world.operator, 'storage.key', { ...key, device: named(first) });
        // A device of the same kind that the key does not name: only a second operator's node could have one.
        world.values.set(deviceKey(world.operator.account, second.id), {
          ...world.values.get(deviceKey(world.operator.account, first.id))!,
          key: second.key,
        } as never);
        return world.refusal({ ...world.operator, device: second }, 'storage.commit', batch());
      },
    },
  ],
  'pieces-malformed': [
    {
      name: 'a list that is cut',
      when: async (world) => {
        const { node, batch } = await storing(world);
        return world.refusal(node, 'storage.commit', { ...batch(), pieces: batch().pieces.subarray(1) });
      },
    },
    {
      name: 'an empty list',
      when: async (world) =>
        world.refusal((await storing(world)).node, 'storage.commit', {
          cloud: 'store-1',
          pieces: new Uint8Array(0),
        }),
    },
    {
      name: 'a piece named twice',
      when: async (world) => {
        const { node } = await storing(world);
        const piece = { root: world.bytes(), sizeBytes: 5 };
        return world.refusal(node, 'storage.commit', { cloud: 'store-1', pieces: writePieces([piece, piece]) });
      },
    },
    {
      name: 'a piece without bytes',
      when: async (world) =>
        world.refusal((await storing(world)).node, 'storage.commit', {
          cloud: 'store-1',
          pieces: writePieces([{ root: world.bytes(), sizeBytes: 0 }]),
        }),
    },
  ],
  'batch-unknown': [
    {
      name: 'a batch retired twice',
      when: async (world) => {
        const { node, batch } = await storing(world);
        await world.do(node, 'storage.commit', batch());
        await world.do(node, 'storage.retire', { cloud: 'store-1', batch: 1 });
        return world.refusal(node, 'storage.retire', { cloud: 'store-1', batch: 1 });
      },
    },
  ],
  'repairs-repeated': [
    {
      name: 'a store whose repairs are told twice',
      when: async (world) => {
        const repair = { cloud: 'store-1', pieces: 1 };
        return world.refusal((await storing(world)).node, 'storage.repaired', { repairs: [repair, repair] });
      },
    },
  ],
};
