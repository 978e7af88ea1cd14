import { Buffer } from 'node:buffer';
import { type Bytes, isSalusError } from '@salus/base';
import type { Client, SFTPWrapper, Stats } from 'ssh2';
import { cloudsError } from '../../errors.ts';
import type { Cancellable } from '../../objectStore.ts';
import { piecesOf } from '../../pieces.ts';
import type { FileTree, TreePath } from '../fileTree.ts';
import type { RemoteRead } from '../remoteStore.ts';

// What every server takes in one packet; so many under way fill a line of 20 ms with 25 MB/s.
const PACKET_BYTES = 32 * 1024;
const PACKETS_AT_ONCE = 16;
const MISSING = 2;

type Handle = Buffer;
type Answer<Result> = (error: Error | null | undefined, result: Result) => void;

/** Files by SFTP, over one connection that is made when it is needed and again when it broke. */
export class SftpTree implements FileTree {
  #session: Promise<SFTPWrapper> | undefined;
  #leaving: AbortController | undefined;

  /** `connect` makes a connection and ends it when it is told to. */
  constructor(readonly connect: (leave: AbortSignal) => Promise<Client>) {}

  async *read(path: TreePath, { offset = 0, lengthBytes, seen = {}, ...options }: RemoteRead): AsyncIterable<Bytes> {
    const handle = await this.#ask<Handle>(options, (sftp, done) => sftp.open(path, 'r', done));
    try {
      const { size, mtime } = await this.#ask<Stats>(options, (sftp, done) => sftp.fstat(handle, done));
      if (seen.tag !== undefined && seen.tag !== `${size}-${mtime}`) throw cloudsError('object-changed', { name: '' });
      seen.tag = `${size}-${mtime}`;
      const end = Math.min(size, lengthBytes === undefined ? size : offset + lengthBytes);
      const ahead: Promise<Bytes>[] = [];
      for (let at = offset; at < end || ahead.length > 0; ) {
        for (; at < end && ahead.length < PACKETS_AT_ONCE; at += PACKET_BYTES) {
          const packet = this.#readPacket(handle, at, Math.min(PACKET_BYTES, end - at), options);
          // Told when its turn comes.
          packet.catch(() => undefined);
          ahead.push(packet);
        }
        yield await ahead.shift()!;
      }
    } finally {
      this.#ask<void>({}, (sftp, done) => sftp.close(handle, (error) => done(error))).catch(() => undefined);
    }
  }

  async write(path: TreePath, body: Bytes | AsyncIterable<Bytes>, options: Cancellable): Promise<void> {
    const handle = await this.#ask<Handle>(options, (sftp, done) => sftp.open(path, 'wx', done));
    const ahead = new Set<Promise<void>>();
    let at = 0;
    for await (const piece of piecesOf(body))
      for (let from = 0; from < piece.length; from += PACKET_BYTES) {
        if (ahead.size >= PACKETS_AT_ONCE) await Promise.race(ahead);
        const part = Buffer.from(piece.buffer, piece.byteOffset + from, Math.min(PACKET_BYTES, piece.length - from));
        const place = at;
        at += part.length;
        const packet = this.#ask<void>(options, (sftp, done) =>
          sftp.write(handle, part, 0, part.length, place, (error) => done(error)),
        ).then(() => void ahead.delete(packet));
        packet.catch(() => undefined);
        ahead.add(packet);
      }
    await Promise.all(ahead);
    if (await this.#can('ext_openssh_fsync'))
      await this.#ask<void>(options, (sftp, done) => sftp.ext_openssh_fsync(handle, (error) => done(error)));
    await this.#ask<void>(options, (sftp, done) => sftp.close(handle, (error) => done(error)));
  }

  /** Plain renaming does not replace; the extension that does is in every server there is reason to use. */
  async move(from: TreePath, to: TreePath, options: Cancellable): Promise<void> {
    await this.#ask<void>(options, (sftp, done) => sftp.ext_openssh_rename(from, to, (error) => done(error)));
  }

  /** A hard link is the one way to give a name that fails where the name is taken; without it, a look must do. */
  async moveIfAbsent(from: TreePath, to: TreePath, options: Cancellable): Promise<'created' | 'exists'> {
    const isThere = () =>
      this.#ask<Stats>(options, (sftp, done) => sftp.stat(to, done)).then(
        () => true,
        (thrown: unknown) => {
          if (!isMissing(thrown)) throw thrown;
          return false;
        },
      );
    if (await isThere()) return 'exists';
    if (!(await this.#can('ext_openssh_hardlink'))) {
      await this.#ask<void>(options, (sftp, done) => sftp.rename(from, to, (error) => done(error)));
      return 'created';
    }
    try {
      await this.#ask<void>(options, (sftp, done) => sftp.ext_openssh_hardlink(from, to, (error) => done(error)));
    } catch (thrown) {
      // Version 3 has no word for "taken": whoever failed looks whether that was it.
      if (isSalusError(thrown) || !(await isThere())) throw thrown;
      return 'exists';
    }
    await this.remove(from, options);
    return 'created';
  }

  async remove(path: TreePath, options: Cancellable): Promise<void> {
    await this.#ask<void>(options, (sftp, done) => sftp.unlink(path, (error) => done(error)));
  }

  async names(folder: TreePath, options: Cancellable): Promise<string[]> {
    try {
      const entries = await this.#ask<{ filename: string }[]>(options, (sftp, done) => sftp.readdir(folder, done));
      return entries.map(({ filename }) => filename).filter((name) => name !== '.' && name !== '..');
    } catch (thrown) {
      if (isMissing(thrown)) return [];
      throw thrown;
    }
  }

  async makeFolder(folder: TreePath, options: Cancellable): Promise<void> {
    try {
      await this.#ask<void>(options, (sftp, done) => sftp.mkdir(folder, (error) => done(error)));
    } catch (thrown) {
      if (isSalusError(thrown)) throw thrown;
      const stats = await this.#ask<Stats>(options, (sftp, done) => sftp.stat(folder, done));
      if (!stats.isDirectory()) throw thrown;
    }
  }

  async promises() {
    return {
      putIfAbsent: (await this.#can('ext_openssh_hardlink')) ? 'atomic' : 'checked',
      put: (await this.#can('ext_openssh_fsync')) ? 'synced' : 'answered',
    } as const;
  }

  async close(): Promise<void> {
    this.#drop();
  }

  async #readPacket(handle: Handle, at: number, lengthBytes: number, options: Cancellable): Promise<Bytes> {
    const packet = Buffer.allocUnsafeSlow(lengthBytes);
    for (let filled = 0; filled < lengthBytes; ) {
      const got = await this.#ask<number>(options, (sftp, done) =>
        sftp.read(handle, packet, filled, lengthBytes - filled, at + filled, done),
      );
      if (got === 0) throw cloudsError('store-unavailable', { why: 'the file ended early' });
      filled += got;
    }
    return packet;
  }

  /** Whether the server has an extension of OpenSSH: the library refuses to send one that was not announced. */
  async #can(extension: 'ext_openssh_fsync' | 'ext_openssh_hardlink'): Promise<boolean> {
    const sftp = await this.#open();
    const announced = (sftp as unknown as { _extensions?: Record<string, string> })._extensions ?? {};
    return `${extension.slice('ext_openssh_'.length)}@openssh.com` in announced;
  }

  /** Sends one request and waits for its answer, the end of the connection, or the caller's patience. */
  async #ask<Result>(
    { signal }: Cancellable,
    send: (sftp: SFTPWrapper, done: Answer<Result>) => unknown,
  ): Promise<Result> {
    let stop = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => {
        reject(cloudsError('store-unavailable', { why: 'cancelled' }));
        // A connection on which an answer is overdue is of no use to others either.
        if (isSalusError(signal?.reason, 'store-slow')) this.#drop();
      };
    });
    stopped.catch(() => undefined);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const sftp = await Promise.race([this.#open(), stopped]);
      return await Promise.race([answerOf(sftp, send), stopped]);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  #open(): Promise<SFTPWrapper> {
    if (this.#session) return this.#session;
    const leaving = new AbortController();
    this.#leaving = leaving;
    this.#session = this.#connect(leaving.signal).catch((thrown: unknown) => {
      if (this.#leaving === leaving) this.#drop();
      throw thrown;
    });
    this.#session.catch(() => undefined);
    return this.#session;
  }

  async #connect(leave: AbortSignal): Promise<SFTPWrapper> {
    const client = await this.connect(leave);
    client.once('close', () => {
      if (!leave.aborted) this.#drop();
    });
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
      client.sftp((error, opened) => (error ? reject(error) : resolve(opened))),
    );
    // Every request under way listens for the end.
    sftp.setMaxListeners(0);
    return sftp;
  }

  #drop(): void {
    const leaving = this.#leaving;
    this.#leaving = undefined;
    this.#session = undefined;
    leaving?.abort();
  }
}

/** The answer to one request, or the end of its connection. */
function answerOf<Result>(
  sftp: SFTPWrapper,
  send: (sftp: SFTPWrapper, done: Answer<Result>) => unknown,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const broken = () => reject(cloudsError('store-unavailable', { why: 'ECONNRESET' }));
    sftp.once('close', broken);
    send(sftp, (error, result) => {
      sftp.removeListener('close', broken);
      if (error) reject(error);
      else resolve(result);
    });
  });
}

const isMissing = (thrown: unknown): boolean => (thrown as { code?: unknown } | undefined)?.code === MISSING;
