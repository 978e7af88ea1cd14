import { type Bytes, decodeCanonical, encodeCanonical, field, framed, type Random } from '@salus/base';
import { deriveKey, openBox, openSalted, sealBox, sealSalted } from '@salus/schemes/keyless';
import { z } from 'zod';
import { sdkError } from './errors.ts';

const required = (limit: number) => field.text(limit).regex(/\S/, 'is needed');

const patientProfile = z.strictObject({
  role: z.literal('patient'),
  name: required(120),
  email: z.email().max(200),
  birthDate: z.iso.date(),
  phone: required(40),
  address: required(300),
});

const doctorProfile = patientProfile.extend({
  role: z.literal('doctor'),
  licence: required(60),
  speciality: required(80),
  hospital: required(120),
});

const instituteProfile = z.strictObject({
  role: z.literal('institute'),
  name: required(120),
  email: z.email().max(200),
  phone: required(40),
  address: required(300),
});

/** Who a person is. Sealed to themself and to the registrar; nobody else sees it. */
export const profileSchema = z.discriminatedUnion('role', [patientProfile, doctorProfile, instituteProfile]);
export type Profile = z.output<typeof profileSchema>;

const PROFILE_LIMIT_BYTES = 8_192;

/** Checks a profile as typed. Throws `profile-incomplete` with the first field that is wrong. */
export function checkProfile(given: unknown): Profile {
  const checked = profileSchema.safeParse(given);
  if (checked.success) return checked.data;
  throw sdkError('profile-incomplete', { field: checked.error.issues[0]?.path.join('.') || 'role' });
}

const aad = (account: string) => framed('SALUS1/profile', account);
const ownKey = (root: Bytes) => deriveKey(root, 'SALUS1/profile');

/** For the owner's own devices. */
export const sealOwnProfile = (profile: Profile, account: string, root: Bytes, random: Random): Promise<Bytes> =>
  sealSalted(ownKey(root), encodeCanonical(profile), aad(account), random);

export async function openOwnProfile(sealed: Bytes, account: string, root: Bytes): Promise<Profile | undefined> {
  const opened = await openSalted(ownKey(root), sealed, aad(account));
  return opened && decodeCanonical('profile', opened, profileSchema, PROFILE_LIMIT_BYTES);
}

/** For the registrar. */
export const sealProfileTo = (boxKey: Bytes, profile: Profile, account: string, random: Random): Promise<Bytes> =>
  sealBox(boxKey, encodeCanonical(profile), aad(account), random);

/** What the registrar sees; undefined where it does not open or is malformed: shown as such, never guessed. */
export async function openProfile(
  keys: { boxSeed: Bytes; boxKey: Bytes },
  box: Bytes,
  account: string,
): Promise<Profile | undefined> {
  const opened = await openBox(keys.boxSeed, keys.boxKey, box, aad(account));
  if (!opened) return undefined;
  try {
    return decodeCanonical('profile', opened, profileSchema, PROFILE_LIMIT_BYTES);
  } catch {
    return undefined;
  }
}

/** Fields that say who a person is, in one form: for the look-up that finds them and refuses a second registration. */
export const personFields = (name: string, birthDate: string): string[] => ['person', folded(name), birthDate];

export const emailFields = (email: string): string[] => ['e-mail', email.trim().toLowerCase()];

const folded = (name: string): string => name.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();
