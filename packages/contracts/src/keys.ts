import { type AccountId, type Bytes, field } from '@salus/base';
import { verifyKeyPossession } from '@salus/schemes/keyless';
import { need } from './need.ts';
import { A_BYTES, B_BYTES, BOX_KEY_BYTES } from './state/account.ts';

/** Room for a proof of possession: it is a few group elements and scalars. */
const POSSESSION_LIMIT_BYTES = 512;

/** Fields of operations that bring an account's public keys. */
export const publicKeyFields = {
  A: field.bytes(A_BYTES),
  B: field.bytes(B_BYTES),
  boxKey: field.bytes(BOX_KEY_BYTES),
  possession: field.bytesUpTo(POSSESSION_LIMIT_BYTES),
};

/** Rejects with `possession-unproven` unless whoever proves knows the secrets of two sound points A and B. Some pairings. */
export function needPossession(
  network: Bytes,
  account: AccountId,
  keys: { A: Bytes; B: Bytes; possession: Bytes },
): void {
  const { A, B, possession } = keys;
  need(verifyKeyPossession({ network, account, A, B, proof: possession }), 'possession-unproven');
}
