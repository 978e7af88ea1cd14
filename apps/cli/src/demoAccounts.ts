import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import type { RunningNode } from '@salus/node';
import { activate, assign, createAccount, resume, showCode } from '@salus/sdk';
import { found } from './founding.ts';
import type { Io } from './io.ts';

/** One demo account, as printed at the first start. */
export interface DemoAccount {
  profile: string;
  role: string;
  email: string;
  password: string;
  code: string;
  number?: string;
  recoveryKey?: string;
}

const PEOPLE = [
  {
    profile: 'meera',
    role: 'patient',
    name: 'Meera Nair',
    email: 'meera@demo.example',
    birthDate: '1984-03-02',
    phone: '+91 98 4000 1234',
    address: '12 Lake Road, Kochi',
  },
  {
    profile: 'rao',
    role: 'doctor',
    name: 'Arjun Rao',
    email: 'rao@demo.example',
    birthDate: '1975-07-19',
    phone: '+91 98 4000 5678',
    address: '3 Hill Street, Kochi',
    licence: 'KL-20331',
    speciality: 'Cardiology',
    hospital: 'City Hospital',
  },
  {
    profile: 'shah',
    role: 'doctor',
    name: 'Nila Shah',
    email: 'shah@demo.example',
    birthDate: '1980-11-05',
    phone: '+91 98 4000 9012',
    address: '8 Fort Lane, Kochi',
    licence: 'KL-20877',
    speciality: 'Endocrinology',
    hospital: 'City Hospital',
  },
] as const;

const ORGANISATION = 'City Hospital (demo)';
const newPassword = (): string => randomBytes(15).toString('base64url');

/** Founds a system with an operator, a patient and two doctors, each made as a device would make it; keys in profiles. */
export async function foundDemo(
  io: Io,
  port: number,
  file: string,
): Promise<{ running: RunningNode; accounts: DemoAccount[] }> {
  const email = 'operator@demo.example';
  const password = newPassword();
  const { running, code, recoveryKey } = await found(io, { organisation: ORGANISATION, email, password, port });
  const accounts: DemoAccount[] = [{ profile: 'operator', role: 'operator', email, password, code, recoveryKey }];
  const operator = await resume({ ...io.surroundings('operator'), node: running.url });
  const registered: Record<string, string> = {};
  for (const { profile, ...person } of PEOPLE) {
    const password = newPassword();
    const created = await createAccount({ ...io.surroundings(profile), node: running.url }, person, password);
    await activate(operator, created.device.account);
    registered[profile] = created.device.account;
    accounts.push({
      profile,
      role: person.role,
      email: person.email,
      password,
      code: showCode(created.code),
      number: created.number,
    });
  }
  await assign(operator, registered.rao!, registered.meera!);
  await keep(file, accounts);
  return { running, accounts };
}

async function keep(file: string, accounts: DemoAccount[]): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(accounts, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether demo accounts were made here. */
export async function readDemo(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
