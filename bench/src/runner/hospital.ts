import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StoreConfig } from '@salus/clouds';
import { foundNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import {
  activate,
  createAccount,
  type Device,
  enrolOperator,
  findPatient,
  giveConsent,
  MemoryStore,
  newOperator,
  type ProfileStore,
  requestAccess,
  verifyRequest,
  whoAmI,
} from '@salus/sdk';

const BIN = fileURLToPath(new URL('../../../apps/cli/bin/salus.js', import.meta.url));
const DAY_MS = 86_400_000;
/** Everybody's. */
export const PASSWORD = 'a bench password';

/** A node in a process of its own, as it is deployed, with an operator and whoever is registered. */
export class Hospital {
  private constructor(
    readonly home: string,
    readonly url: string,
    readonly process: ChildProcess,
    readonly operator: Device,
  ) {}

  /** On six folders, or on the stores that `storesIn` gives for its home: entries as of node.json. */
  static async found(storesIn?: (home: string) => Promise<StoreConfig[]>): Promise<Hospital> {
    const home = await mkdtemp(join(tmpdir(), 'salus-bench-'));
    const stores = await storesIn?.(home);
    const { identity, operator } = await newOperator('Bench', 'operator@bench.example', systemRandom);
    await foundNode(home, {
      operator,
      organisation: 'Bench',
      time: Date.now(),
      random: systemRandom,
      config: { logLevel: 'warn', perMinute: 1_000_000, ...(stores && { stores }) },
    });
    const child = spawn(process.execPath, [BIN, 'node', '--port', '0', '--json'], {
      env: { ...process.env, SALUS_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const { url } = JSON.parse(line) as { url: string };
      return new Hospital(home, url, child, await enrolOperator(at(url), identity, PASSWORD));
    }
    throw new Error('the node did not start');
  }

  /** Registers and activates somebody. */
  async join(role: 'patient' | 'doctor', name: string, store: ProfileStore = new MemoryStore()): Promise<Device> {
    const profile = { role, name, email: `${name}@bench.example`, birthDate: '1980-01-01', phone: '1', address: '1' };
    const doctor = { licence: '1', speciality: 'Cardiology', hospital: 'Bench' };
    const { device } = await createAccount(
      at(this.url, store),
      role === 'doctor' ? { ...profile, ...doctor } : profile,
      PASSWORD,
    );
    await activate(this.operator, device.account);
    return device;
  }

  /** Has a doctor ask and a patient consent, to sharing with other doctors too. Gives what the consent covered. */
  async consent(patient: Device, doctor: Device, delegateTo: 'doctor'[] = ['doctor']): Promise<{ records: number }> {
    const { number } = await whoAmI(patient);
    const { account } = await findPatient(doctor, { number });
    const request = await requestAccess(doctor, {
      patient: account,
      purpose: 'treatment',
      words: 'bench',
      groups: ['document', 'vitals'],
      until: Date.now() + 30 * DAY_MS,
    });
    await verifyRequest(this.operator, request);
    return giveConsent(patient, { request, delegateTo });
  }

  async close(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
    await rm(this.home, { recursive: true, force: true });
  }
}

const at = (node: string, store: ProfileStore = new MemoryStore()) => ({
  node,
  store,
  random: systemRandom,
  now: Date.now,
});
