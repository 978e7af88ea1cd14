import { type Bytes, decodeCanonical, encodeCanonical } from '@salus/base';
import { deviceKey } from '@salus/contracts';
import { boxKeyOf, initPairing, openBox, openSalted, sealSalted } from '@salus/schemes/keyless';
import { newSigner, publicPart } from './account.ts';
import { Client } from './client.ts';
import { Device, type Surroundings } from './device.ts';
import { sdkError } from './errors.ts';
import { type Identity, needNobody, saveIdentity } from './identity.ts';
import {
  checkDigits,
  type Invitation,
  invitationAad,
  invitationKey,
  readInvitation,
  WELCOME_LIMIT_BYTES,
  welcomeSchema,
} from './invitation.ts';
import { Trust } from './trust.ts';

/** A device on its way in. */
export interface Joining {
  /** Six digits; the device that is signed in must show the same before a person lets this one in. */
  check: string;
  /** Resolves once the other device has let this one in. Throws `invitation-unknown` where that takes too long. */
  welcomed(): Promise<Device>;
}

/**
 * Answers an invitation: makes this device's keys and shows them to the device that is signed in. Throws
 * `already-signed-in`, `invitation-malformed`, `invitation-unknown`, `invitation-taken`.
 */
export async function join(surroundings: Surroundings, shown: string, name: string): Promise<Joining> {
  const { node, store, random } = surroundings;
  const invitation = readInvitation(shown);
  await needNobody(store);
  await initPairing();
  const client = new Client(node);
  const signer = newSigner(random);
  const seed = random(32);
  const { publicKey: boxKey } = boxKeyOf(seed);
  const knock = encodeCanonical({ device: await publicPart(signer), boxKey, name: name.slice(0, 120) });
  const sealed = await sealSalted(
    invitationKey(invitation, 'knock'),
    knock,
    invitationAad(invitation, 'knock'),
    random,
  );
  await client.call('knock', { invitation: invitation.id, sealed });
  return {
    check: checkDigits(invitation, knock),
    welcomed: async () => {
      const welcome = await awaitWelcome(client, invitation, { seed, boxKey });
      return takeSeat(surroundings, client, signer, welcome);
    },
  };
}

async function awaitWelcome(client: Client, invitation: Invitation, keys: { seed: Bytes; boxKey: Bytes }) {
  for (;;) {
    const { sealed } = await client.call('awaitWelcome', { invitation: invitation.id });
    if (!sealed) continue;
    const aad = invitationAad(invitation, 'welcome');
    const box = await openSalted(invitationKey(invitation, 'welcome'), sealed, aad);
    const opened = box && (await openBox(keys.seed, keys.boxKey, box, aad));
    if (!opened) throw sdkError('invitation-tampered');
    return decodeCanonical('welcome', opened, welcomeSchema, WELCOME_LIMIT_BYTES);
  }
}

/** Believes the welcome only where this is the inviter's network and the ledger has this very device on the account. */
async function takeSeat(
  { store, random, now }: Surroundings,
  client: Client,
  signer: Identity['device'],
  { network, role, email, keyring, code }: ReturnType<typeof welcomeSchema.parse>,
): Promise<Device> {
  const trust = await Trust.of(client, store, network);
  const identity: Identity = { account: keyring.account, role, email, device: signer, keyring, code };
  const device = new Device(client, trust, identity, store, random, now);
  await trust.meet(client);
  const [added] = await trust.read(client, [deviceKey(keyring.account, signer.id)]);
  if (!added || added.revokedAt > 0) throw sdkError('answer-dishonest', { why: 'this device was not let in' });
  await saveIdentity(store, identity);
  await trust.follow(client, identity.account);
  return device;
}
