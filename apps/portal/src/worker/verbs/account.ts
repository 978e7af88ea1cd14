import { createAccount, type Device, logIn, myLetters, type Profile, readCode, showCode, whoAmI } from '@salus/sdk';
import { isTaken, leave, seated, sit, upToDate } from '../seat.ts';
import { surroundings } from '../surroundings.ts';

/** Who sits at this browser, and whether they may go on. */
export interface Seat {
  account: string;
  role: 'patient' | 'doctor' | 'institute' | 'operator';
  status: string;
  number: string;
  name: string;
  email: string;
  profile: Profile | undefined;
  organisation: string;
  /** Why the account was turned down or suspended, as the operator wrote it. */
  reason: string;
}

/** The newest reason that was sealed to me. */
async function newestReason(device: Device): Promise<string> {
  let reason = '';
  for await (const { kind, content } of myLetters(device))
    if (kind === 'reason' && content) reason = content.words.text;
  return reason;
}

/** Verbs of everybody: register, log in, leave. */
export const accountVerbs = {
  /** Undefined where nobody is signed in. */
  async seat(): Promise<Seat | undefined> {
    if (!(await isTaken())) return undefined;
    const device = await upToDate();
    const { identity, account, trust } = device;
    const organisation = trust.genesis.organisation.name;
    const held = { account, role: identity.role, email: identity.email, organisation };
    const { status, number, profile } = await whoAmI(device);
    const closed = status === 'rejected' || status === 'suspended';
    const reason = closed ? await newestReason(device) : '';
    return { ...held, status, number, name: profile?.name ?? '', profile, reason };
  },

  async register(profile: Record<string, string>, password: string): Promise<{ number: string; code: string }> {
    const { device, number, code } = await createAccount(surroundings, profile, password);
    sit(device);
    return { number, code: showCode(code) };
  },

  async logIn(email: string, password: string, code: string): Promise<void> {
    sit(await logIn(surroundings, email, password, readCode(code)));
  },

  leave,

  /** The account code again, for a new account sheet: whoever is signed in here could read it anyway. */
  accountCode: async (): Promise<string> => showCode((await seated()).identity.code),
};
