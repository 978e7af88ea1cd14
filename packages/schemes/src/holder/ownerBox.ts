import { type Bytes, concat, framed, type Random, u32 } from '@salus/base';
import { openOnce, SALTED_OVERHEAD, sealOnce } from '../keyless/aead.ts';
import type { RecordName } from '../keyless/body.ts';
import { deriveKey } from '../keyless/hash.ts';
import { SCALAR_BYTES } from '../keyless/pairing/curve.ts';
import { tag } from '../keyless/suite.ts';
import { openBox, sealBox } from '../keyless/xwing.ts';
import type { Origin } from './secret.ts';

const ORIGIN_BYTES = SCALAR_BYTES + 32;
/** Salt 32 ‖ commitment 32 ‖ z 32 ‖ κ 32 ‖ tag 16. */
export const OWNER_BOX_BYTES = SALTED_OVERHEAD + ORIGIN_BYTES;

const aadOf = ({ record, group, generation }: RecordName): Bytes =>
  framed(tag('owner-box'), record, group, u32(generation));

/** A key of this one box: HKDF(root, "owner" ‖ record ‖ group ‖ generation ‖ salt), so two devices never reuse one. */
const ownerKey = (root: Bytes, { record, group, generation }: RecordName, salt: Bytes): Bytes =>
  deriveKey(root, tag('owner'), record, group, u32(generation), salt);

/** The patient's own way to a record they wrote: (z, κ) under their root. */
export async function sealOwnerBox(root: Bytes, name: RecordName, origin: Origin, random: Random): Promise<Bytes> {
  const salt = random(32);
  return concat(salt, await sealOnce(ownerKey(root, name, salt), concat(origin.z, origin.kappa), aadOf(name)));
}

/** What `sealOwnerBox` sealed for this group, or undefined. */
export async function openOwnerBox(root: Bytes, name: RecordName, box: Bytes): Promise<Origin | undefined> {
  if (box.length !== OWNER_BOX_BYTES) return undefined;
  return originOf(await openOnce(ownerKey(root, name, box.subarray(0, 32)), box.subarray(32), aadOf(name)));
}

/** The patient's way to a record that somebody else writes about them: (z, κ) to their X-Wing key. */
export const sealOwnerBoxTo = (boxKey: Bytes, name: RecordName, origin: Origin, random: Random): Promise<Bytes> =>
  sealBox(boxKey, concat(origin.z, origin.kappa), aadOf(name), random);

/** What `sealOwnerBoxTo` sealed for this group, or undefined. */
export const openOwnerBoxFrom = async (
  owner: { boxSeed: Bytes; boxKey?: Bytes },
  name: RecordName,
  box: Bytes,
): Promise<Origin | undefined> => originOf(await openBox(owner.boxSeed, owner.boxKey, box, aadOf(name)));

function originOf(plain: Bytes | undefined): Origin | undefined {
  if (plain?.length !== ORIGIN_BYTES) return undefined;
  return { z: plain.slice(0, SCALAR_BYTES), kappa: plain.slice(SCALAR_BYTES) };
}
