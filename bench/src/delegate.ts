import { newId, type Random } from '@salus/base';
import { newSecret, openDelivered, personKeys, rekey, secretFrom, topicSlot } from '@salus/schemes/holder';
import {
  blindPoints,
  contextOf,
  freshScalar,
  initPairing,
  lockAnswer,
  serve,
  splitLock,
  systemRandom,
  verifyAuthorProof,
} from '@salus/schemes/keyless';
import type { Report } from './runner/figure.ts';
import { median, timesMs } from './runner/measure.ts';
import { loadRecrypt, RECRYPT, type RecryptApi } from './runner/recrypt.ts';

const RUNS = 200;

/** Delegation, re-encryption and opening of one record, with every check, beside recrypt's transform. */
export async function run(report: Report): Promise<void> {
  await initPairing();
  await ours(report, systemRandom);
  const recrypt = await loadRecrypt();
  if (recrypt) await theirs(report, recrypt);
}

async function ours(report: Report, random: Random): Promise<void> {
  const who = 'salus';
  const [delegator, delegate] = [personKeys(random(32), 'bench'), personKeys(random(32), 'bench')];
  const condition = { year: 2026, scope: newId(random), topic: 'cardiology' };
  const records = Array.from({ length: RUNS + RUNS / 10 }, () =>
    recordOf(random, condition.scope, { ...condition, A: delegator.A }),
  );
  const rekeys: ReturnType<typeof rekey>[] = [];
  // A topic of its own each time: nothing of the last delegation helps the next.
  const rekeyMs = await timesMs(RUNS, (i) =>
    rekeys.push(rekey(delegator, { ...condition, topic: `topic ${i}` }, delegate.B, random)),
  );
  const key = rekey(delegator, condition, delegate.B, random);
  const served: (ReturnType<typeof serve> & { y: Uint8Array })[] = [];
  const serveMs = await timesMs(RUNS, (i) => {
    const refresh = { t: freshScalar(random), y: freshScalar(random) };
    const { c1, value } = records[i]!;
    served[i] = { ...serve({ value, rekey: key, c1, recipientB: delegate.B }, refresh), y: refresh.y };
  });
  const openMs = await timesMs(RUNS, (i) => {
    const { secret, kappa, c1, com, ctx, share } = records[i]!;
    const answer = lockAnswer(share, blindPoints(served[i]!.y, 1, 1, random)[0]!);
    const opened = openDelivered({
      b: delegate.b,
      ...served[i]!,
      answers: [answer],
      threshold: 1,
      c1,
      com,
      kappa,
      ctx,
    });
    if (Buffer.compare(opened.K, secret.K) !== 0) throw new Error('a record opened to another key');
  });
  report({ who, metric: 'rekey_ms', value: median(rekeyMs), n: RUNS });
  report({ who, metric: 'reencrypt_ms', value: median(serveMs), n: RUNS });
  report({ who, metric: 'open_ms', value: median(openMs), n: RUNS });
}

function recordOf(random: Random, patient: string, condition: Parameters<typeof topicSlot>[1]) {
  const origin = newSecret(random);
  const ctx = contextOf({ record: newId(random), group: 'document', generation: 1, author: patient });
  const secret = secretFrom(origin, ctx);
  const { value, lock } = topicSlot(secret, condition, random);
  const { c1, com } = secret;
  // A node does so once for each c1, when the record comes in.
  if (!verifyAuthorProof(c1, ctx, secret.proof(random))) throw new Error('a proof does not hold');
  return { secret, kappa: origin.kappa, ctx, c1, com, value, share: splitLock(lock, 1, 1, random)[0]! };
}

/** Recrypt has no conditions and no locks: its transform key opens everything of the delegator, without a trace. */
async function theirs(report: Report, api: RecryptApi): Promise<void> {
  const who = `recrypt-wasm ${RECRYPT.version}`;
  const [delegator, delegate, signing] = [api.generateKeyPair(), api.generateKeyPair(), api.generateEd25519KeyPair()];
  const rekeyMs = await timesMs(RUNS, () =>
    api.generateTransformKey(delegator.privateKey, delegate.publicKey, signing.privateKey),
  );
  const key = api.generateTransformKey(delegator.privateKey, delegate.publicKey, signing.privateKey);
  const encrypted = Array.from({ length: RUNS + RUNS / 10 }, () =>
    api.encrypt(api.generatePlaintext(), delegator.publicKey, signing.privateKey),
  );
  const transformed: unknown[] = [];
  const transformMs = await timesMs(RUNS, (i) => {
    transformed[i] = api.transform(encrypted[i], key, signing.privateKey);
  });
  const openMs = await timesMs(RUNS, (i) => api.decrypt(transformed[i], delegate.privateKey));
  report({ who, metric: 'rekey_ms', value: median(rekeyMs), n: RUNS });
  report({ who, metric: 'reencrypt_ms', value: median(transformMs), n: RUNS });
  report({ who, metric: 'open_ms', value: median(openMs), n: RUNS });
}
