import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCanonical, encodeCanonical, field, type Random } from '@salus/base';
import { certifiedSecret, issueCertificate, newRegistrar, requestCertificate } from '@salus/schemes/gateway';
import { freshScalar } from '@salus/schemes/keyless';
import { z } from 'zod';
import { readIfThere } from '../readIfThere.ts';
import { writeDurably } from '../writeDurably.ts';

/** What the tagging process keeps to itself, in a file of its own, and the certificate that goes with it. */
const taggingKeys = z.strictObject({
  sigma: field.bytes(32),
  alpha: field.bytes(32),
  certificate: field.bytes(96),
  registrar: field.bytes(96),
});
export type KeptKeys = z.output<typeof taggingKeys>;

const KEYS_LIMIT_BYTES = 1_024;
const fileIn = (directory: string) => join(directory, 'keys', 'tagging.cbor');

/** The keys of a node's folder, made at the first start. Throws `encoding-…` where the file was damaged. */
export async function readOrMakeKeys(directory: string, organisation: string, random: Random): Promise<KeptKeys> {
  const bytes = await readIfThere(fileIn(directory));
  if (bytes) return decodeCanonical('the tagging keys', bytes, taggingKeys, KEYS_LIMIT_BYTES);
  const keys = makeKeys(organisation, random);
  await mkdir(join(directory, 'keys'), { recursive: true, mode: 0o700 });
  await writeDurably(fileIn(directory), encodeCanonical(keys), 0o600);
  return keys;
}

/** One organisation is its own registrar: that key is made for one certificate, and forgotten. */
function makeKeys(organisation: string, random: Random): KeptKeys {
  const registrar = newRegistrar(random);
  const asked = requestCertificate(random);
  const issued = issueCertificate(registrar, organisation, asked.request, random);
  registrar.secret.fill(0);
  const sigma = certifiedSecret(asked.secret, issued, organisation, registrar.key);
  asked.secret.fill(0);
  return { sigma, alpha: freshScalar(random), certificate: issued.certificate, registrar: registrar.key };
}
