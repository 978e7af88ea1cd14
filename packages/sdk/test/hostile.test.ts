import { type Bytes, concat, decodeCanonical, encodeCanonical, u32, utf8 } from '@salus/base';
import { type HostileCase, hostileSuite, seededRandom } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { readCode, showCode } from '../src/accountCode.ts';
import { frames } from '../src/fetching.ts';
import { loadIdentity } from '../src/identity.ts';
import {
  invitationOf,
  KNOCK_LIMIT_BYTES,
  knockSchema,
  readInvitation,
  showInvitation,
  WELCOME_LIMIT_BYTES,
  welcomeSchema,
} from '../src/invitation.ts';
import { newsIn } from '../src/listening.ts';
import { checkProfile } from '../src/profile.ts';
import { MemoryStore } from '../src/store.ts';

const random = seededRandom('hostile');
const id = (digit: string) => digit.repeat(32);

/** In pieces of seven bytes, as a network may cut them. */
async function* cut(bytes: Bytes, pieceBytes = 7): AsyncGenerator<Bytes> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const whole: Item[] = [];
  for await (const item of items) whole.push(item);
  return whole;
}

const device = () => ({ id: id('d'), seed: random(32) });
const identity = {
  account: id('a'),
  role: 'patient',
  email: 'meera@hospital.example',
  device: device(),
  keyring: { account: id('a'), roots: [{ version: 1, root: random(32) }], signIn: device() },
  code: random(16),
};
const profile = {
  role: 'doctor',
  name: 'Arjun Rao',
  email: 'arjun@hospital.example',
  birthDate: '1984-03-02',
  phone: '+91 98 4000 1234',
  address: '12 Lake Road, Kochi',
  licence: 'KL-20331',
  speciality: 'Cardiology',
  hospital: 'City Hospital',
};

const cases: HostileCase[] = [
  {
    what: 'a stream of frames',
    usual: 100_000,
    make: () => ({
      samples: [concat(u32(20), random(20), u32(0), u32(90), random(90))],
      take: (bytes) => all(frames(cut(bytes), 200)),
    }),
  },
  {
    what: 'news',
    usual: 20_000,
    make: () => ({
      samples: [utf8(`{"kind":"consent.give","height":7,"operation":"${id('c')}"}\n\n`)],
      take: (bytes) => all(newsIn(cut(bytes))),
    }),
  },
  {
    what: 'a profile’s identity and keyring on disk',
    usual: 5_000,
    make: () => ({
      samples: [encodeCanonical(identity)],
      take: async (bytes) => {
        const store = new MemoryStore();
        await store.put('identity', bytes);
        return loadIdentity(store);
      },
    }),
  },
  {
    what: 'a typed account code',
    usual: 100_000,
    make: () => ({
      samples: [utf8(showCode(random(16)))],
      take: (bytes) => readCode(Buffer.from(bytes).toString('utf8')),
    }),
  },
  {
    what: 'a picture that lets a device in',
    usual: 100_000,
    make: () => ({
      samples: [utf8(showInvitation('https://records.example', invitationOf(random(32))))],
      take: (bytes) => readInvitation(Buffer.from(bytes).toString('utf8')),
    }),
  },
  {
    what: 'what a device says that wants in',
    usual: 5_000,
    make: () => ({
      samples: [encodeCanonical({ device: { id: id('d'), key: random(32) }, boxKey: random(1_216), name: 'Phone' })],
      take: (bytes) => decodeCanonical('knock', bytes, knockSchema, KNOCK_LIMIT_BYTES),
    }),
  },
  {
    what: 'what a device is told that is let in',
    usual: 5_000,
    make: () => {
      const { keyring, code } = identity;
      const welcome = { network: random(32), role: 'doctor', email: 'rao@hospital.example', keyring, code };
      return {
        samples: [encodeCanonical(welcome)],
        take: (bytes) => decodeCanonical('welcome', bytes, welcomeSchema, WELCOME_LIMIT_BYTES),
      };
    },
  },
  {
    what: 'a profile as typed',
    usual: 10_000,
    make: () => ({
      samples: [utf8(JSON.stringify(profile))],
      take: (bytes) => checkProfile(parsed(bytes)),
    }),
  },
];

/** What is no JSON is typed as it is. */
function parsed(bytes: Bytes): unknown {
  const typed = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.parse(typed);
  } catch {
    return { ...profile, name: typed };
  }
}

describe('what a device is given', () => {
  for (const { claim, check, timeoutMs } of hostileSuite(cases, process.env.SALUS_HOSTILE)) it(claim, check, timeoutMs);
});

describe('an answer without an end', () => {
  const endless = async function* endless(first: Bytes) {
    yield first;
    for (;;) yield new Uint8Array(1 << 16).fill(97);
  };

  it('is left as soon as its frame says that it is larger than any', async () => {
    const taken = all(frames(endless(Uint8Array.of(0xff, 0xff, 0xff, 0xff)), 1 << 20));
    await expect(taken).rejects.toMatchObject({ code: 'answer-dishonest' });
  });

  it('is left where news have no new line', async () => {
    await expect(all(newsIn(endless(utf8('{'))))).rejects.toMatchObject({ code: 'answer-dishonest' });
  });

  it('in pieces of one byte is put together without a piece of memory for each', async () => {
    const whole = random(300_000);
    expect(await all(frames(cut(concat(u32(whole.length), whole), 1), 1 << 20))).toEqual([whole]);
  });
});
