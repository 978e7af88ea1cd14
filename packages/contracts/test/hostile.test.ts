import { hostileSuite } from '@salus/testkit';
import { describe, it } from 'vitest';
import { parseGenesis, parseOperation } from '../src/index.ts';
import { World } from './fixture/world.ts';

/** One operation of several kinds, accepted. */
async function operations() {
  const world = await World.make('hostile');
  const [patient, reader, colleague] = [
    await world.member('patient'),
    await world.member('doctor'),
    await world.member('doctor'),
  ];
  const grant = await world.grant(patient, reader);
  const body = world.commitBody(patient.account);
  await world.do(patient, 'record.commit', body);
  await world.do(reader, 'read.open', world.readBody(body.record, grant));
  await world.delegation(reader, colleague, [patient]);
  return { world, samples: world.history.map(({ bytes }) => bytes) };
}

describe('what the ledger is given', () => {
  const suite = hostileSuite(
    [
      {
        what: 'the reader of operations',
        usual: 10_000,
        make: async () => ({ samples: (await operations()).samples, take: parseOperation }),
      },
      {
        what: 'the reader of a genesis',
        usual: 10_000,
        make: async () => ({ samples: [(await World.make('genesis')).net.genesisBytes], take: parseGenesis }),
      },
      {
        what: 'the judge of operations',
        usual: 3_000,
        make: async () => {
          const { world, samples } = await operations();
          // A rejection is a refusal with a code, as a value.
          const take = async (bytes: Uint8Array) => {
            const { rejected } = await world.judge(bytes);
            if (rejected) throw rejected;
            return true;
          };
          return { samples: [], take, near: samples };
        },
      },
    ],
    process.env.SALUS_HOSTILE,
  );
  for (const { claim, check, timeoutMs } of suite) it(claim, check, timeoutMs);
});
