import { storing } from '../fixture/storing.ts';
import type { Cases } from './case.ts';

export const audits: Cases = {
  'audit-exists': [
    {
      name: 'an audit begun twice',
      when: async (world) => {
        const { begun, beginning } = await storing(world);
        return world.refusal(world.operator, 'audit.begin', beginning(await begun()));
      },
    },
  ],
  'audit-cloud-empty': [
    {
      name: 'a cloud of which nothing is committed',
      when: async (world) => {
        const { beginning } = await storing(world);
        return world.refusal(world.operator, 'audit.begin', { ...beginning(world.id()), clouds: ['store-9'] });
      },
    },
    {
      name: 'a cloud of which everything was committed under an earlier key',
      when: async (world) => {
        const { node, key, batch, beginning } = await storing(world);
        await world.do(node, 'storage.commit', batch());
        await world.do(world.operator, 'storage.key', key);
        return world.refusal(world.operator, 'audit.begin', beginning(world.id()));
      },
    },
  ],
  'sample-empty': [
    {
      name: 'an audit of no block',
      when: async (world) =>
        world.refusal(world.operator, 'audit.begin', {
          ...(await storing(world)).beginning(world.id()),
          sample: 0,
        }),
    },
  ],
  'audit-unknown': [
    {
      name: 'a nonce of an audit that nobody began',
      when: async (world) => {
        await storing(world);
        return world.refusal(world.operator, 'audit.reveal', { audit: world.id(), nonce: world.bytes() });
      },
    },
  ],
  'audit-not-yours': [
    {
      name: 'a verdict of the node on an audit that a person began',
      when: async (world) => {
        const { node, begun, revealed, verdict } = await storing(world);
        return world.refusal(node, 'audit.result', verdict(await revealed(await begun())));
      },
    },
  ],
  'audit-state': [
    {
      name: 'a verdict before it is known what was asked',
      when: async (world) => {
        const { begun, verdict } = await storing(world);
        return world.refusal(world.operator, 'audit.result', verdict(await begun()));
      },
    },
    {
      name: 'a second verdict',
      when: async (world) => {
        const { begun, revealed, verdict } = await storing(world);
        const audit = await revealed(await begun());
        await world.do(world.operator, 'audit.result', verdict(audit));
        return world.refusal(world.operator, 'audit.result', verdict(audit));
      },
    },
  ],
  'audit-early': [
    {
      name: 'a nonce in the block that it is committed to in: whoever makes the block would know it',
      when: async (world) => {
        const { begun, nonce } = await storing(world);
        const audit = await begun();
        // As if both stood in one block.
        world.height--;
        return world.refusal(world.operator, 'audit.reveal', { audit, nonce });
      },
    },
  ],
  'nonce-refused': [
    {
      name: 'another nonce than the one committed to',
      when: async (world) => {
        const { begun } = await storing(world);
        return world.refusal(world.operator, 'audit.reveal', { audit: await begun(), nonce: world.bytes() });
      },
    },
  ],
  'verdicts-refused': [
    {
      name: 'a verdict that says nothing of a cloud that was asked',
      when: async (world) => {
        const { begun, revealed, verdict } = await storing(world);
        const audit = await revealed(await begun());
        const [first] = verdict(audit).verdicts;
        return world.refusal(world.operator, 'audit.result', {
          ...verdict(audit),
          verdicts: [{ ...first!, cloud: 'store-7' }],
        });
      },
    },
  ],
};
