import { type AccountId, type Bytes, decodeCanonical, encodeCanonical, field, framed } from '@salus/base';
import { openBox, sealBox } from '@salus/schemes/keyless';
import { z } from 'zod';
import type { Device, Letter } from './device.ts';

/** Words to one person, with who writes them as they want to be known. */
export const letterContent = z.strictObject({
  /** Hides the commitment that the operation carries. */
  salt: field.bytes(32),
  words: z.strictObject({
    text: z.string().max(2_000),
    name: field.text(120),
    email: z.optional(field.text(200)),
    hospital: z.optional(field.text(120)),
    number: z.optional(field.text(20)),
  }),
});
export type LetterContent = z.output<typeof letterContent>;

const LETTER_LIMIT_BYTES = 16 * 1024;
const aad = (from: AccountId, to: AccountId, operation: string) => framed('SALUS1/letter', from, to, operation);

/** Seals a letter to an account's box key, bound to its sender, recipient and operation. */
export async function sealLetter(
  device: Device,
  to: { account: AccountId; boxKey: Bytes },
  kind: Letter['kind'],
  content: LetterContent,
  operation: string,
): Promise<Letter> {
  const sealed = await sealBox(
    to.boxKey,
    encodeCanonical(content),
    aad(device.account, to.account, operation),
    device.random,
  );
  return { to: to.account, kind, sealed };
}

/** A letter to me, opened. `content` is undefined where it does not open: shown as unreadable, never guessed. */
export interface ReceivedLetter {
  number: number;
  from: AccountId;
  kind: Letter['kind'];
  operation: string;
  time: number;
  content: LetterContent | undefined;
}

/** All my letters, oldest first. */
export async function* myLetters(device: Device): AsyncGenerator<ReceivedLetter> {
  for (let after = 0; ; ) {
    const { letters } = await device.client.call('letters', { after });
    for (const { sealed, ...letter } of letters) yield { ...letter, content: await openLetter(device, letter, sealed) };
    if (letters.length === 0) return;
    after = letters.at(-1)!.number;
  }
}

async function openLetter(
  device: Device,
  letter: { from: string; operation: string },
  sealed: Bytes,
): Promise<LetterContent | undefined> {
  for (const { version } of [...device.identity.keyring.roots].reverse()) {
    const keys = device.keys(version)!;
    const opened = await openBox(keys.boxSeed, keys.boxKey, sealed, aad(letter.from, device.account, letter.operation));
    if (!opened) continue;
    try {
      return decodeCanonical('letter', opened, letterContent, LETTER_LIMIT_BYTES);
    } catch {
      return undefined;
    }
  }
  return undefined;
}
