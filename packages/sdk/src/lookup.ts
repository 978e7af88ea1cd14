import type { Bytes, Random } from '@salus/base';
import { oprfBlind, oprfFinish } from '@salus/schemes/keyless';
import type { Client } from './client.ts';
import type { Trust } from './trust.ts';

/** The look-up index of fields: the node evaluates it without seeing them, and cannot answer for another key. 32 bytes. */
export async function lookupIndex(client: Client, trust: Trust, fields: string[], random: Random): Promise<Bytes> {
  const { query, blind } = oprfBlind(fields, random);
  const { part } = await client.call('lookup', { query });
  return oprfFinish({ fields, blind, part, publicKey: trust.genesis.organisation.lookupKey });
}
