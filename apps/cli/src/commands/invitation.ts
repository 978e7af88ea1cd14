import { awaitKnock, invite, join, letIn } from '@salus/sdk';
import type { Command } from '../command.ts';
import { cliError } from '../errors.ts';
import { ask } from '../prompt.ts';

export const accountInvite: Command = {
  name: 'account invite',
  summary: 'Let another device of mine in, by an address to open or type there',
  usage: '',
  example: 'salus account invite --profile meera',
  async *run({ io }) {
    const device = await io.device();
    const shown = await invite(device);
    yield { link: shown.link, expiresAt: new Date(shown.expiresAt).toISOString() };
    const knocking = await awaitKnock(device, shown);
    yield { answeredBy: knocking.name };
    const typed = await ask('Six digits on the other device: ');
    if (typed.replace(/\D/g, '') !== knocking.check.replace(/\D/g, '')) throw cliError('digits-differ');
    await letIn(device, shown, knocking);
    yield { ok: true, device: knocking.device.id };
  },
};

export const accountJoin: Command = {
  name: 'account join',
  summary: 'Sign in on this device by an invitation that a signed-in one shows',
  usage: 'LINK [--name WORDS]',
  example: 'salus account join "http://127.0.0.1:8480/#join=…" --profile laptop',
  options: { name: { type: 'string', help: 'what the other device calls this one (default: command line)' } },
  async *run({ positionals: [link], values, io }) {
    if (!link) throw cliError('argument-missing', { argument: 'LINK' });
    const name = typeof values.name === 'string' ? values.name : 'command line';
    const joining = await join(io.surroundings(), link, name);
    yield { check: joining.check, note: 'The other device asks for these digits.' };
    const device = await joining.welcomed();
    yield { ok: true, account: device.account, role: device.identity.role, device: device.identity.device.id };
  },
};
