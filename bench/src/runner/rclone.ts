import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Debian 12's; another one is measured under its own number. */
const PROGRAM = 'rclone';

/** Rclone's crypt over a local folder or one cloud: sealed with a passphrase; a folder without a flush; no store may be lost. */
export class RcloneCrypt {
  private constructor(
    readonly version: string,
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** `place` is a folder, or a path of a remote that `cloud` configures. Undefined, and says why on stderr, where rclone is not installed: the bench then prints its own figures only. */
  static over(place: string, cloud: NodeJS.ProcessEnv = {}): RcloneCrypt | undefined {
    const version = /^rclone v(\d+\.\d+\.\d+)/.exec(output('version'))?.[1];
    if (!version) {
      process.stderr.write('rclone is not measured: it is not installed; run `node tools/provision.js`.\n');
      return undefined;
    }
    return new RcloneCrypt(version, {
      ...process.env,
      ...cloud,
      RCLONE_CONFIG: '/notfound',
      RCLONE_CONFIG_SEALED_TYPE: 'crypt',
      RCLONE_CONFIG_SEALED_REMOTE: place,
      RCLONE_CONFIG_SEALED_PASSWORD: output('obscure', 'a bench password').trim(),
    });
  }

  /** Seconds. */
  put = (file: string): Promise<number> => this.#copy(file, 'sealed:file');

  /** Seconds. */
  get = (file: string): Promise<number> => this.#copy('sealed:file', file);

  async #copy(from: string, to: string): Promise<number> {
    const start = performance.now();
    const child = spawn(PROGRAM, ['copyto', from, to], {
      env: this.environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`rclone ended with ${status}`);
    return (performance.now() - start) / 1_000;
  }
}

const output = (...args: string[]): string => spawnSync(PROGRAM, args, { encoding: 'utf8' }).stdout ?? '';
