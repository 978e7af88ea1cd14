import type { BodyOf, ReplyOf, Routes } from '@salus/api';
import { type AccountId, type Bytes, encodeCanonical, newId, type Random, type TimeMs } from '@salus/base';
import { type Operation, type OperationBody, type OperationType, signOperation } from '@salus/contracts';
import { type PersonKeys, personKeys } from '@salus/schemes/holder';
import { sessionMessage, sign, uploadMessage } from '@salus/schemes/keyless';
import type { CaughtUp } from './caughtUp.ts';
import type { Client } from './client.ts';
import type { Identity } from './identity.ts';
import type { ProfileStore } from './store.ts';
import type { Trust } from './trust.ts';

/** What every device is given by its surroundings. */
export interface Surroundings {
  node: string;
  store: ProfileStore;
  random: Random;
  now: () => TimeMs;
}

/** A letter to go with an operation. */
export interface Letter {
  to: AccountId;
  kind: 'request' | 'reason' | 'introduction' | 'delegation';
  sealed: Bytes;
}

/** A signed-in device: what all verbs of the sdk act with. */
export class Device {
  readonly #keys = new Map<number, PersonKeys>();
  #writing: Promise<unknown> = Promise.resolve();
  /** What this contact brought of catching up with a restored server: to be told to the person. */
  caughtUp: CaughtUp | undefined;

  constructor(
    readonly client: Client,
    readonly trust: Trust,
    readonly identity: Identity,
    readonly store: ProfileStore,
    readonly random: Random,
    readonly now: () => TimeMs,
  ) {
    client.signIn(() => openSession(client, trust.network, identity.account, identity.device));
  }

  get account(): AccountId {
    return this.identity.account;
  }

  /** The newest root. */
  get root(): Bytes {
    return this.identity.keyring.roots.at(-1)!.root;
  }

  get keysVersion(): number {
    return this.identity.keyring.roots.at(-1)!.version;
  }

  /** Keys of a version; the newest unless told. Undefined for a version this person never had. */
  keys(version = this.keysVersion): PersonKeys | undefined {
    const known = this.#keys.get(version);
    if (known) return known;
    const root = this.identity.keyring.roots.find((held) => held.version === version);
    if (!root) return undefined;
    const keys = personKeys(root.root, organisationOf(this.trust));
    this.#keys.set(version, keys);
    return keys;
  }

  /** The time as far as a device can know: its clock's, or the newest block's where that clock was set back. */
  get time(): TimeMs {
    return Math.max(this.now(), this.trust.time);
  }

  /** Signs an operation of this account. Its id is made now; sending it twice is harmless. */
  async operation<Type extends OperationType>(
    type: Type,
    body: OperationBody[Type],
    id = newId(this.random),
  ): Promise<{ id: string; bytes: Bytes }> {
    return {
      id,
      bytes: await signedOperation(this.trust.network, this.identity.account, this.identity.device, type, body, id),
    };
  }

  /**
   * Does what writes search entries, from sealing them to the answer, when what was begun before has ended: entries are numbered, and
   * two at once would take the same numbers.
   */
  writes<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#writing.then(work);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  /** Sends an upload, signed as a whole: nothing of it changes on its way unnoticed. */
  async upload<Name extends 'putRecords' | 'putSlots'>(
    name: Name,
    content: Omit<BodyOf<Routes[Name]>, 'signature'>,
  ): Promise<ReplyOf<Routes[Name]>> {
    const message = uploadMessage(this.trust.network, encodeCanonical(content));
    const signature = await sign(this.identity.device.seed, message);
    return this.client.call(name, { ...content, signature } as BodyOf<Routes[Name]>);
  }

  /** Fetches what others did that concerns this account, to be kept should the node ever be restored from a backup. */
  follow(): Promise<void> {
    return this.trust.follow(this.client, this.account);
  }

  /** Signs, submits, and believes the receipt only with its proof. */
  async submit<Type extends OperationType>(type: Type, body: OperationBody[Type], letters: Letter[] = [], id?: string) {
    const operation = await this.operation(type, body, id);
    const { receipts } = await this.client.call('submit', { operations: [operation.bytes], letters });
    await this.trust.included(operation.bytes, receipts[0]!);
    return receipts[0]!;
  }
}

/** What keys are derived for: one organisation's account. Other organisations' keys of the same person look unrelated. */
export const organisationOf = (trust: Trust): string => trust.genesis.organisation.name;

/** The wire form of an operation signed by a device of an account. */
export function signedOperation<Type extends OperationType>(
  network: Bytes,
  account: AccountId,
  device: { id: string; seed: Bytes },
  type: Type,
  body: OperationBody[Type],
  id: string,
): Promise<Bytes> {
  const operation = { v: 1, network, id, account, device: device.id, type, body };
  return signOperation(operation as Operation, device.seed);
}

/** Opens a session with a device's signature and gives its token. */
export async function openSession(
  client: Client,
  network: Bytes,
  account: AccountId,
  device: { id: string; seed: Bytes },
): Promise<string> {
  const { nonce } = await client.call('challenge', {});
  const signature = await sign(device.seed, sessionMessage(network, client.origin, nonce));
  const { token } = await client.call('openSession', {
    account,
    device: device.id,
    nonce,
    origin: client.origin,
    signature,
  });
  return token;
}
