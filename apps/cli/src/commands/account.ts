import {
  activate,
  createAccount,
  type Device,
  listAccounts,
  logIn,
  myDevices,
  readCode,
  rejectAccount,
  resumeAccount,
  revokeDevice,
  showCode,
  suspend,
  whoAmI,
} from '@salus/sdk';
import { type Command, textOf, type Values } from '../command.ts';
import { cliError } from '../errors.ts';
import { ask } from '../prompt.ts';

const PROFILE_FIELDS = [
  'name',
  'email',
  'birth-date',
  'phone',
  'address',
  'licence',
  'speciality',
  'hospital',
] as const;
const FIELDS_OF: Record<string, readonly string[]> = {
  patient: PROFILE_FIELDS.slice(0, 5),
  doctor: PROFILE_FIELDS,
  institute: ['name', 'email', 'phone', 'address'],
};

export const accountCreate: Command = {
  name: 'account create',
  summary: 'Register as a patient, a doctor or an institute',
  usage: '--role patient --name … --email … --birth-date … --phone … --address …',
  example:
    'salus account create --role patient --name "Meera Nair" --email meera@example.org --birth-date 1984-03-02 --phone "+91 98 400" --address "12 Lake Road"',
  options: {
    role: { type: 'string', help: 'patient, doctor or institute' },
    ...Object.fromEntries(
      PROFILE_FIELDS.map((field) => [
        field,
        { type: 'string' as const, help: field === 'birth-date' ? 'such as 1984-03-02' : field },
      ]),
    ),
  },
  async *run({ values, io }) {
    const role = textOf(values, 'role') ?? 'patient';
    const given = await profileOf(role, values);
    const { device, number, code } = await createAccount(io.surroundings(), given, await io.password());
    yield { ok: true, account: device.account, role, number, code: showCode(code), status: 'waiting' };
  },
};

/** The profile as given, asking in a terminal for what is missing. */
async function profileOf(role: string, values: Values): Promise<Record<string, string>> {
  const fields = FIELDS_OF[role];
  if (!fields) throw cliError('argument-wrong', { why: `${role} is not patient, doctor or institute.` });
  const profile: Record<string, string> = { role };
  for (const field of fields) {
    const name = field === 'birth-date' ? 'birthDate' : field;
    profile[name] = textOf(values, field) ?? (await ask(`${field}: `));
  }
  return profile;
}

export const accountLogin: Command = {
  name: 'account login',
  summary: 'Sign in on this device with e-mail, password and account code',
  usage: '--email ADDRESS --code CODE',
  example: 'salus account login --email meera@example.org --code 3m9f-… --profile phone',
  options: {
    email: { type: 'string', help: 'address of the account' },
    code: { type: 'string', help: 'account code (or SALUS_CODE)' },
  },
  async *run({ values, io }) {
    const email = textOf(values, 'email') ?? (await ask('E-mail: '));
    const code = textOf(values, 'code') ?? io.env.SALUS_CODE ?? (await ask('Account code: '));
    const device = await logIn(io.surroundings(), email, await io.password(), readCode(code));
    yield { ok: true, account: device.account, role: device.identity.role, device: device.identity.device.id };
  },
};

export const accountShow: Command = {
  name: 'account show',
  summary: 'Who is signed in on this profile, and in which state',
  usage: '',
  example: 'salus account show --profile meera',
  async *run({ io }) {
    const { profile, ...account } = await whoAmI(await io.device());
    yield { ok: true, ...account, ...profile };
  },
};

export const accountList: Command = {
  name: 'account list',
  summary: 'Accounts and their profiles (operator)',
  usage: '[--status waiting] [--role patient]',
  example: 'salus account list --status waiting --profile operator',
  options: {
    status: { type: 'string', help: 'waiting, active, rejected or suspended' },
    role: { type: 'string', help: 'patient, doctor or institute' },
  },
  async *run({ values, io }) {
    const filter = {
      ...(values.status ? { status: values.status } : {}),
      ...(values.role ? { role: values.role } : {}),
    };
    for await (const { profile, ...account } of listAccounts(
      await io.device(),
      filter as Parameters<typeof listAccounts>[1],
    )) {
      yield { ...account, ...(profile ?? { profile: 'does not open' }) };
    }
  },
};

export const accountDevices: Command = {
  name: 'account devices',
  summary: 'Revoke a device of mine; gives a new account code',
  usage: '[--revoke DEVICE [--since HEIGHT]]',
  example: 'salus account devices --revoke 0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  options: {
    revoke: { type: 'string', help: 'device to revoke' },
    since: { type: 'string', help: 'revoke what it added from this height on (default: everything)' },
  },
  async *run({ values, io }) {
    const device = await io.device();
    const revoked = textOf(values, 'revoke');
    if (!revoked) {
      for (const { addedAt, addedBy = null, ...one } of await myDevices(device))
        yield { ...one, addedAt: new Date(addedAt).toISOString(), addedBy };
      return;
    }
    const renewed = await revokeDevice(device, revoked, await io.password(), sinceOf(values));
    yield { ok: true, revoked, code: showCode(renewed.code) };
  },
};

function sinceOf(values: Values): number | undefined {
  const given = textOf(values, 'since');
  if (given !== undefined && !/^\d{1,15}$/.test(given))
    throw cliError('argument-wrong', { why: `${given} is not a height.` });
  return given === undefined ? undefined : Number(given);
}

const decision = (
  name: string,
  summary: string,
  decide: (device: Device, account: string, reason: string) => Promise<unknown>,
  reasoned = true,
): Command => ({
  name,
  summary,
  usage: reasoned ? 'ACCOUNT --reason WORDS' : 'ACCOUNT',
  example: `salus ${name} 0f1e2d3c4b5a69788796a5b4c3d2e1f0${reasoned ? ' --reason "Registered twice"' : ''} --profile operator`,
  ...(reasoned ? { options: { reason: { type: 'string' as const, help: 'what the person will read' } } } : {}),
  async *run({ positionals: [account], values, io }) {
    if (!account) throw cliError('argument-missing', { argument: 'ACCOUNT' });
    const reason = textOf(values, 'reason') ?? '';
    if (reasoned && !reason) throw cliError('argument-missing', { argument: '--reason' });
    await decide(await io.device(), account, reason);
    yield { ok: true, account };
  },
});

export const accountReject = decision('account reject', 'Turn a registration down (operator)', rejectAccount);
export const accountSuspend = decision('account suspend', 'Suspend an account (operator)', suspend);
export const accountResume = decision(
  'account resume',
  'Let a suspended account go on (operator)',
  resumeAccount,
  false,
);
export const approve = decision('approve', 'Activate a waiting account (operator)', activate, false);
