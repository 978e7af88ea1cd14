import { hostileSuite } from '@salus/testkit';
import { describe, it } from 'vitest';
import { parseGenesis, parseOperation, readPieces, writePieces } from '../src/index.ts';
import { seeded } from './fixture/people.ts';
import { storing } from './fixture/storing.ts';
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
  const { begun, revealed, verdict } = await storing(world);
  await world.do(world.operator, 'audit.result', verdict(await revealed(await begun())));
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
        what: 'the reader of a batch’s pieces',
        usual: 100_000,
        make: () => {
          const random = seeded('pieces');
          const pieces = [1, 63_488, 1_048_576].map((sizeBytes) => ({ root: random(32), sizeBytes }));
          return { samples: [writePieces(pieces)], take: readPieces };
        },
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
