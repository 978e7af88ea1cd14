import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileStore } from '@salus/cli/device';
import type { Task, TaskResult } from './deviceTask.ts';
import type { Hospital } from './hospital.ts';

/** A patient's device in a process of its own: its time and memory are its own, too. */
export class RemoteDevice {
  private constructor(readonly process: ChildProcess) {}

  /** Registered with the hospital beforehand, so that what a password costs is not this process's. */
  static async join(hospital: Hospital): Promise<RemoteDevice> {
    const profile = join(hospital.home, 'profile');
    await hospital.join('patient', 'meera', new FileStore(profile));
    const device = new RemoteDevice(fork(fileURLToPath(new URL('./deviceProcess.js', import.meta.url))));
    await device.#do({ do: 'resume', node: hospital.url, profile });
    return device;
  }

  /** Seconds until the file is saved, every proof checked. */
  put = async (file: string): Promise<number> => (await this.#do({ do: 'put', file })).seconds;

  /** Seconds until the one record that there is lies in the file, opened and checked. */
  get = async (file: string): Promise<number> => (await this.#do({ do: 'get', file })).seconds;

  /** Bytes sent for the record's new version. */
  edit = async (file: string): Promise<number> => (await this.#do({ do: 'edit', file })).sentBytes;

  async close(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    await ended;
  }

  async #do(task: Task): Promise<Exclude<TaskResult, { failed: string }>> {
    this.process.send(task);
    const [result] = (await once(this.process, 'message')) as [TaskResult];
    if ('failed' in result) throw new Error(`the device could not ${task.do}: ${result.failed}`);
    return result;
  }
}
