import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from '@salus/base';
import { foundNode, type NodeConfig, type RunningNode, type StartOptions, startNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import {
  activate,
  createAccount,
  type Device,
  enrolOperator,
  logIn,
  MemoryStore,
  newOperator,
  type ProfileStore,
  resume,
  type Surroundings,
} from '@salus/sdk';
import { Clock } from './clock.ts';
import { doctorProfile, emailOf, ORGANISATION, PASSWORD, patientProfile } from './people.ts';

/** Somebody with an account: the device they use, where it keeps its things, and what signs in on another. */
export interface Person {
  device: Device;
  store: ProfileStore;
  number: string;
  email: string;
  code: Bytes;
}

/** Nothing happens by itself that a test has to count, and no limit of calls a minute is met. */
const BY_HAND: Partial<NodeConfig> = {
  perMinute: 1_000_000,
  repairEveryMs: 3_600_000,
  tagEveryMs: 3_600_000,
  auditEveryMs: 10_000_000_000_000,
};

/** A founded node in a folder of its own, running in this process on a free port, with its operator signed in. */
export class Hospital {
  readonly clock: Clock;

  private constructor(
    readonly home: string,
    readonly recoveryKey: Bytes,
    public node: RunningNode,
    public operator: Device,
    clock: Clock,
    private readonly how: Pick<StartOptions, 'aroundStore'>,
  ) {
    this.clock = clock;
  }

  /** Stop it when done. Settings may depend on its home. Limits of calls a minute are out of the way unless told otherwise. */
  static async open(
    config: Partial<NodeConfig> | ((home: string) => Promise<Partial<NodeConfig>>) = {},
    how: Pick<StartOptions, 'aroundStore'> = {},
  ): Promise<Hospital> {
    const clock = new Clock();
    const home = await mkdtemp(join(tmpdir(), 'salus-hospital-'));
    const settings = typeof config === 'function' ? await config(home) : config;
    const { identity, operator } = await newOperator(ORGANISATION, emailOf('operator'), systemRandom);
    const { recoveryKey } = await foundNode(home, {
      operator,
      organisation: ORGANISATION,
      time: clock.now(),
      random: systemRandom,
      config: { ...BY_HAND, ...settings },
    });
    const node = await startNode({ home, port: 0, now: clock.now, ...how });
    const surroundings = { node: node.url, store: new MemoryStore(), random: systemRandom, now: clock.now };
    const enrolled = await enrolOperator(surroundings, identity, PASSWORD);
    return new Hospital(home, recoveryKey, node, enrolled, clock, how);
  }

  get url(): string {
    return this.node.url;
  }

  surroundings(store: ProfileStore = new MemoryStore()): Surroundings {
    return { node: this.url, store, random: systemRandom, now: this.clock.now };
  }

  /** Registers a person and, unless told, has the operator activate them. */
  async register(profile: { email: string }, activated = true): Promise<Person> {
    const store = new MemoryStore();
    const { device, number, code } = await createAccount(this.surroundings(store), profile, PASSWORD);
    if (activated) await activate(this.operator, device.account);
    return { device, store, number, code, email: profile.email };
  }

  patient = (name: string): Promise<Person> => this.register(patientProfile(name));
  doctor = (name: string): Promise<Person> => this.register(doctorProfile(name));

  /** Another device of the same person. */
  signIn = ({ email, code }: Person): Promise<Device> => logIn(this.surroundings(), email, PASSWORD, code);

  /** Stops the node and starts it again on the same port; `between` may do to its folder what it likes. */
  async restart(between: () => Promise<void> = async () => {}): Promise<void> {
    const port = Number(new URL(this.url).port);
    await this.node.stop();
    await between();
    this.node = await startNode({ home: this.home, port, now: this.clock.now, ...this.how });
  }

  /** A device as after a restart of its own: what its store keeps and nothing else. */
  resumed = (store: ProfileStore): Promise<Device> => resume(this.surroundings(store));

  async stop(): Promise<void> {
    await this.node.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}
