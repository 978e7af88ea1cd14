import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUp, type RunningNode, restore, startNode } from '@salus/node';
import { acceptRestored, type CaughtUp, type Device, resume, type Surroundings } from '@salus/sdk';
import type { Hospital, Person } from './hospital.ts';

/** A folder as a place for backups. */
export const folderPlace = (folder: string) => ({ target: { name: 'backup', folder }, base: '' });

/** A hospital's backup, and what a node restored from it is like. The clouds stay as they are. */
export class Backup {
  node: RunningNode | undefined;

  private constructor(
    readonly hospital: Hospital,
    readonly folder: string,
  ) {}

  /** Made now, of the running node. */
  static async of(hospital: Hospital): Promise<Backup> {
    const folder = await mkdtemp(join(tmpdir(), 'salus-backup-'));
    await backUp(hospital.home, folderPlace(join(folder, 'backup')), { now: hospital.clock.now });
    return new Backup(hospital, folder);
  }

  /** Home of the restored node. */
  get home(): string {
    return join(this.folder, 'home');
  }

  /** Stops the node and restores the backup into a home of its own, without starting it. */
  async restore(): Promise<void> {
    const { hospital } = this;
    await hospital.node.stop();
    const { now } = hospital.clock;
    await restore(this.home, folderPlace(join(this.folder, 'backup')), hospital.recoveryKey, { now });
    await cp(join(hospital.home, 'clouds'), join(this.home, 'clouds'), { recursive: true });
  }

  /** Restores and starts. */
  async start(): Promise<void> {
    await this.restore();
    await this.startAgain();
  }

  async startAgain(): Promise<void> {
    await this.node?.stop();
    this.node = await startNode({ home: this.home, port: 0, now: this.hospital.clock.now });
  }

  at = ({ store }: Pick<Device, 'store'>): Surroundings => ({
    ...this.hospital.surroundings(store),
    node: this.node!.url,
  });

  /** A device at its next contact with the restored node. */
  resumed = (person: Pick<Person, 'store'>): Promise<Device> => resume(this.at(person));

  /** A device whose person was told of the restore. */
  accepted = (person: Pick<Person, 'store'>): Promise<CaughtUp> => acceptRestored(this.at(person));

  async health(): Promise<{ restored: { height: number; waiting: number } | null }> {
    return (await fetch(`${this.node!.url}/health`)).json() as never;
  }

  async stop(): Promise<void> {
    await this.node?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
