import { PassThrough, Readable } from 'node:stream';
import type { Bytes } from '@salus/base';
import { type Client, FTPError } from 'basic-ftp';
import { cloudsError } from '../../errors.ts';
import type { Cancellable } from '../../objectStore.ts';
import { piecesOf } from '../../pieces.ts';
import type { FileTree, TreePath } from '../fileTree.ts';
import type { RemoteRead } from '../remoteStore.ts';
import type { FtpsConnections } from './ftpsConnections.ts';

const UNKNOWN = 550;
// What the server is ahead of a reader that is slow.
const AHEAD_BYTES = 256 * 1024;

/** Files by FTPS. A read that stops before the end of the file costs its connection: the protocol cannot say "enough". */
export class FtpsTree implements FileTree {
  constructor(readonly connections: FtpsConnections) {}

  async *read(path: TreePath, read: RemoteRead): AsyncIterable<Bytes> {
    const pipe = new PassThrough({ highWaterMark: AHEAD_BYTES });
    const giveUp = new AbortController();
    const cancel = () => giveUp.abort();
    read.signal?.addEventListener('abort', cancel, { once: true });
    let whole = 0;
    const transfer = this.connections.use({ signal: giveUp.signal }, async (client) => {
      whole = await announce(client, path, read);
      if (whole > 0) await client.downloadTo(pipe, path, read.offset ?? 0);
      else pipe.end();
    });
    transfer.catch((thrown: unknown) => pipe.destroy(thrown instanceof Error ? thrown : new Error('transfer failed')));
    try {
      const wanted = read.lengthBytes ?? Number.POSITIVE_INFINITY;
      let received = 0;
      for await (const piece of pipe as AsyncIterable<Buffer>) {
        const left = wanted - received;
        received += piece.length;
        if (left > 0) yield piece.subarray(0, left);
        if (received >= wanted && whole > wanted) return;
      }
      await transfer;
      if (received < whole) throw cloudsError('store-unavailable', { why: 'the file ended early' });
    } finally {
      read.signal?.removeEventListener('abort', cancel);
      if (!pipe.readableEnded) giveUp.abort();
      pipe.destroy();
    }
  }

  async write(path: TreePath, body: Bytes | AsyncIterable<Bytes>, options: Cancellable): Promise<void> {
    const sent: Sent = { bytes: 0, whole: false };
    try {
      await this.connections.use(options, async (client) => {
        const source = Readable.from(counted(body, sent), { objectMode: false });
        await client.uploadFrom(source, path);
        // A body that failed ends the transfer as one that came to its end; the server cannot tell.
        if (source.errored) throw source.errored;
      });
    } catch (thrown) {
      // A connection that is closed as soon as it is secured looks like an attack to some servers. A file without a byte is whole
      // all the same once it is there.
      if (!sent.whole || sent.bytes > 0 || options.signal?.aborted) throw thrown;
      if ((await this.connections.use(options, (client) => sizeOf(client, path))) !== 0) throw thrown;
    }
  }

  move(from: TreePath, to: TreePath, options: Cancellable): Promise<void> {
    return this.connections.use(options, async (client) => {
      await client.rename(from, to);
    });
  }

  moveIfAbsent(from: TreePath, to: TreePath, options: Cancellable): Promise<'created' | 'exists'> {
    return this.connections.use(options, async (client) => {
      if ((await sizeOf(client, to)) !== undefined) return 'exists';
      await client.rename(from, to);
      return 'created';
    });
  }

  remove(path: TreePath, options: Cancellable): Promise<void> {
    return this.connections.use(options, async (client) => {
      await client.remove(path);
    });
  }

  names(folder: TreePath, options: Cancellable): Promise<string[]> {
    return this.connections.use(options, async (client) => {
      try {
        return (await client.list(folder))
          .filter(({ isFile, isDirectory }) => isFile || isDirectory)
          .map(({ name }) => name);
      } catch (thrown) {
        if (thrown instanceof FTPError && (thrown.code === UNKNOWN || thrown.code === 450)) return [];
        throw thrown;
      }
    });
  }

  makeFolder(folder: TreePath, options: Cancellable): Promise<void> {
    return this.connections.use(options, async (client) => {
      try {
        await client.send(`MKD ${folder}`);
      } catch (thrown) {
        // The reply is the same where it is there and where it cannot be: whoever writes into it finds out.
        if (!(thrown instanceof FTPError && thrown.code === UNKNOWN)) throw thrown;
      }
    });
  }

  async promises() {
    return { putIfAbsent: 'checked', put: 'answered' } as const;
  }

  async close(): Promise<void> {
    this.connections.close();
  }
}

/** How much of a body has gone, and whether it came to its end. */
interface Sent {
  bytes: number;
  whole: boolean;
}

async function* counted(body: Bytes | AsyncIterable<Bytes>, sent: Sent): AsyncIterable<Bytes> {
  for await (const piece of piecesOf(body)) {
    sent.bytes += piece.length;
    yield piece;
  }
  sent.whole = true;
}

/**
 * How many bytes the file has from the offset on. Size and time tell one writing from another, as far as FTP can: two of one
 * size within a second look the same.
 */
async function announce(client: Client, path: TreePath, { offset = 0, seen = {} }: RemoteRead): Promise<number> {
  const sizeBytes = await client.size(path);
  const tag = `${sizeBytes}-${(await client.lastMod(path)).getTime()}`;
  if (seen.tag !== undefined && seen.tag !== tag) throw cloudsError('object-changed', { name: path });
  seen.tag = tag;
  return Math.max(0, sizeBytes - offset);
}

async function sizeOf(client: Client, path: TreePath): Promise<number | undefined> {
  try {
    return await client.size(path);
  } catch (thrown) {
    if (thrown instanceof FTPError && thrown.code === UNKNOWN) return undefined;
    throw thrown;
  }
}
