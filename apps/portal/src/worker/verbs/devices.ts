import {
  awaitKnock,
  invite,
  type Joining,
  join,
  type Knocking,
  letIn,
  myDevices,
  revokeDevice,
  type ShownInvitation,
  showCode,
} from '@salus/sdk';
import { refusal } from '../failure.ts';
import { alone, seated, sit } from '../seat.ts';
import { surroundings } from '../surroundings.ts';

// What an invitation was made of stays in the worker; the page sees its address and the digits.
let shown: ShownInvitation | undefined;
let knocking: Knocking | undefined;
let joining: Joining | undefined;

const gone = () => refusal('invitation-unknown', 'This invitation is not open, or no longer.', 'Show a new one.');

/** Verbs about a person's devices: who is in, letting another in, being let in, putting one out. */
export const deviceVerbs = {
  devices: async () => myDevices(await seated()),

  async invite(): Promise<{ link: string; expiresAt: number }> {
    shown = await invite(await seated());
    knocking = undefined;
    return { link: shown.link, expiresAt: shown.expiresAt };
  },

  /** Waits until another device answers. */
  async knocked(): Promise<{ name: string; check: string }> {
    if (!shown) throw gone();
    knocking = await awaitKnock(await seated(), shown);
    return { name: knocking.name, check: knocking.check };
  },

  async letIn(): Promise<void> {
    if (!shown || !knocking) throw gone();
    await letIn(await seated(), shown, knocking);
    shown = knocking = undefined;
  },

  /** Answers an invitation; gives the digits to compare. */
  async join(link: string, name: string): Promise<string> {
    joining = await join(surroundings, link, name);
    return joining.check;
  },

  /** Waits until the other device lets this one in. */
  async welcomed(): Promise<void> {
    if (!joining) throw gone();
    sit(await joining.welcomed());
  },

  /** Puts a device out, and with it what it knew: new keys, a new account code, which is given. */
  revokeDevice: (revoked: string, password: string): Promise<string> =>
    alone(async (device) => {
      const renewed = await revokeDevice(device, revoked, password);
      sit(renewed.device);
      return showCode(renewed.code);
    }),
};
