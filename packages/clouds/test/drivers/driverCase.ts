import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { objectStoreSuite, remoteStoreSuite, seededRandom } from '@salus/testkit';
import { type Certificates, FaultyLine, makeCertificates, missingPrograms } from '@salus/testkit/servers';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { type OpenedStore, openStore, type StoreCall, type StorePromises, storeConfig } from '../../src/index.ts';
import { HurriedClock } from './clock.ts';

// 256 MiB both ways, on a machine that does much else.
const LONGEST_MS = 180_000;

/** A real server that was started for one driver. */
export interface StartedServer {
  port: number;
  stop(): Promise<void>;
}

/** One driver and the real server it is tried on. */
export interface DriverCase<Server extends StartedServer = StartedServer> {
  kind: string;
  programs: string[];
  secrets: object;
  wrongSecrets: object;
  promises: StorePromises;
  start(room: DriverRoom): Promise<Server>;
  /** The configuration of a fresh place on the server, reached at a port (of a line, or of a front), without what all share. */
  config(place: string, port: number, server: Server): object;
  /** How a line to this server is laid; one to its port unless told, and the host it listens on. */
  line?(server: Server): Promise<{ line: FaultyLine; changes: object }>;
  /** Whom it must refuse beside wrong credentials. */
  refusals: Record<string, { code: string; changes: (server: Server, room: DriverRoom) => object | Promise<object> }>;
}

/** Files and stores of one driver's tests. */
export class DriverRoom {
  #places = 0;
  readonly #closers: (() => Promise<unknown>)[] = [];
  readonly clock = new HurriedClock();

  private constructor(
    readonly directory: string,
    readonly certificates: Certificates,
  ) {}

  static async open(): Promise<DriverRoom> {
    const room = new DriverRoom(await mkdtemp(join(tmpdir(), 'salus-driver-')), makeCertificates());
    // Servers run as other users.
    await chmod(room.directory, 0o755);
    const { authority, good, expired, stranger } = room.certificates;
    await writeFile(room.file('authority.pem'), authority);
    for (const [name, { certificate, key }] of Object.entries({ good, expired, stranger })) {
      await writeFile(room.file(`${name}.pem`), certificate);
      await writeFile(room.file(`${name}.key`), key, { mode: 0o600 });
    }
    return room;
  }

  file(name: string): string {
    return join(this.directory, name);
  }

  freshPlace(): string {
    return `place-${this.#places++}`;
  }

  async folder(name: string): Promise<string> {
    await mkdir(this.file(name), { recursive: true });
    return this.file(name);
  }

  async secretsFile(name: string, secrets: object): Promise<void> {
    await writeFile(this.file(name), JSON.stringify(secrets), { mode: 0o600 });
  }

  store(kind: string, config: object, onCall?: (call: StoreCall) => void): Promise<OpenedStore> {
    const common = {
      name: 'tried',
      kind,
      credentials: { file: 'secrets.json' },
      caFile: 'authority.pem',
      timeoutMs: 600_000,
    };
    const whole = Object.fromEntries(
      Object.entries({ ...common, ...config }).filter(([, value]) => value !== undefined),
    );
    return openStore(storeConfig.parse(whole), {
      directory: this.directory,
      environment: {},
      clock: this.clock,
      random: seededRandom(kind),
      onCall,
    });
  }

  /** Closes something when the tests have ended. */
  later<Thing extends { close(): Promise<unknown> }>(thing: Thing): Thing {
    this.#closers.push(() => thing.close());
    return thing;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Files of the three certificates that servers are started with. */
export function certifiedFiles(room: DriverRoom) {
  const files = (name: string) => ({ certificate: room.file(`${name}.pem`), key: room.file(`${name}.key`) });
  return { good: files('good'), expired: files('expired'), stranger: files('stranger') };
}

/** A started server, for tests of one driver beside those that all pass. */
export interface Tried<Server extends StartedServer> {
  room: DriverRoom;
  server: Server;
  open(changes?: object): Promise<OpenedStore>;
}

/** Declares the tests that every driver passes, on a real server that runs while they do. */
export function tryDriver<Server extends StartedServer>(
  of: DriverCase<Server>,
  more: (tried: () => Tried<Server>) => void = () => {},
): void {
  const missing = missingPrograms(...of.programs);
  describe(`${of.kind}, on a real server`, () => {
    let room: DriverRoom;
    let server: Server;
    beforeAll(async () => {
      if (missing) return;
      room = await DriverRoom.open();
      await room.secretsFile('secrets.json', of.secrets);
      await room.secretsFile('wrong.json', of.wrongSecrets);
      server = await of.start(room);
    });
    beforeEach(({ skip }) => skip(missing !== undefined, missing));
    afterAll(async () => {
      await server?.stop();
      await room?.close();
    });
    const opened = new WeakMap<OpenedStore, object>();
    const open = async (changes: object = {}, tell?: (call: StoreCall) => void, port = server.port) => {
      const config = { ...of.config(room.freshPlace(), port, server), ...changes };
      const store = await room.store(of.kind, config, tell);
      opened.set(store, config);
      return store;
    };
    const lineTo = async () =>
      of.line?.(server) ?? { line: await FaultyLine.open([{ from: 0, to: server.port }]), changes: {} };
    const stores = {
      open: (tell?: (call: StoreCall) => void) => open({}, tell),
      openAgain: (store: OpenedStore, limits: { timeoutMs?: number } = {}) =>
        room.store(of.kind, { ...opened.get(store)!, ...limits }),
      async openThroughLine(limits: { timeoutMs?: number } = {}) {
        const { line, changes } = await lineTo();
        const store = await open({ ...changes, ...limits }, undefined, line.port);
        const close = async () => {
          await store.close();
          await line.close();
        };
        const through = { ...store, close };
        opened.set(through, opened.get(store)!);
        return { line, store: through };
      },
      hurry(times: number) {
        const before = room.clock.hurry;
        room.clock.hurry = times;
        return before;
      },
      refused: [
        {
          what: 'wrong credentials',
          code: 'store-credentials',
          open: () => open({ credentials: { file: 'wrong.json' } }),
        },
        ...Object.entries(of.refusals).map(([what, { code, changes }]) => ({
          what,
          code,
          open: async () => open(await changes(server, room)),
        })),
      ],
      memory,
      secrets: [of.secrets, of.wrongSecrets].flatMap((secrets) =>
        Object.values(secrets)
          .map(String)
          .filter((secret) => secret.length > 16),
      ),
      promises: of.promises,
    };
    const alone = async () => {
      const store = await open();
      return { store, close: () => store.close() };
    };
    for (const { claim, check } of [...objectStoreSuite(alone, of.promises), ...remoteStoreSuite(stores)])
      it(claim, check, LONGEST_MS);
    more(() => ({ room, server, open }));
  });
}

/** Bytes in use after a collection: what is only not yet collected is nobody's to hold against a driver. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
