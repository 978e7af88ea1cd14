import { createAccount, logIn, type Profile, readCode, showCode, whoAmI } from '@salus/sdk';
import { failureOf } from '../failure.ts';
import { isTaken, leave, seated, sit } from '../seat.ts';
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
}

/** Verbs of everybody: register, log in, leave. */
export const accountVerbs = {
  /** Undefined where nobody is signed in. */
  async seat(): Promise<Seat | undefined> {
    if (!(await isTaken())) return undefined;
    const device = await seated();
    const { identity, account, trust } = device;
    const organisation = trust.genesis.organisation.name;
    const held = { account, role: identity.role, email: identity.email, organisation };
    try {
      const { status, number, profile } = await whoAmI(device);
      return { ...held, status, number, name: profile?.name ?? '', profile };
    } catch (thrown) {
      const { code, facts } = failureOf(thrown);
      if (code !== 'account-closed') throw thrown;
      return { ...held, status: String(facts.status), number: '', name: '', profile: undefined };
    }
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
