import { Readable } from 'node:stream';
import type { Bytes } from '@salus/base';
import { parseXML, type WebDAVClient } from 'webdav';
import { cloudsError } from '../../errors.ts';
import type { Cancellable } from '../../objectStore.ts';
import { gather } from '../../pieces.ts';
import type { FileTree, TreePath } from '../fileTree.ts';
import { checkedBody, rangeHeader } from '../httpRange.ts';
import type { RemoteRead } from '../remoteStore.ts';

// A listing of 100,000 files; more in one of the fan-out's folders would be a hundred million in all.
const LISTING_LIMIT_BYTES = 64 * 1024 * 1024;
const NAMES_ONLY = '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>';

interface Request extends Cancellable {
  headers?: Record<string, string>;
  data?: Buffer | Readable | string;
}

/** What comes back, as Node.js streams it. */
interface Answer {
  status: number;
  headers: { get(name: string): string | null };
  body: Readable | null;
}

/** Files by WebDAV. Bodies are streamed both ways; the library's own calls for files hold them whole. */
export class WebdavTree implements FileTree {
  constructor(
    readonly client: WebDAVClient,
    readonly address: string,
  ) {}

  async *read(path: TreePath, { signal, seen = {}, ...range }: RemoteRead): AsyncIterable<Bytes> {
    const Range = rangeHeader(range);
    const answer = await this.#ask(
      'GET',
      path,
      { headers: { ...(Range && { Range }) }, ...(signal && { signal }) },
      [416],
    );
    if (answer.status === 416 || !answer.body) return drain(answer);
    // A tag that was weak a second after the writing is the same one, strong, later.
    const tag = answer.headers.get('etag')?.replace(/^W\//, '') ?? answer.headers.get('last-modified') ?? '';
    if (seen.tag !== undefined && seen.tag !== tag) {
      answer.body.destroy();
      throw cloudsError('object-changed', { name: path });
    }
    seen.tag = tag;
    const announced = answer.headers.get('content-length');
    const contentRange = answer.headers.get('content-range') ?? undefined;
    yield* checkedBody(answer.body, {
      range,
      contentRange,
      lengthBytes: announced === null || answer.headers.get('content-encoding') ? undefined : Number(announced),
    });
  }

  async write(path: TreePath, body: Bytes | AsyncIterable<Bytes>, { signal }: Cancellable): Promise<void> {
    const data =
      body instanceof Uint8Array
        ? Buffer.from(body.buffer, body.byteOffset, body.byteLength)
        : Readable.from(body, { objectMode: false });
    drain(await this.#ask('PUT', path, { data, ...(signal && { signal }) }));
  }

  async move(from: TreePath, to: TreePath, options: Cancellable): Promise<void> {
    drain(await this.#move(from, to, 'T', options));
  }

  async moveIfAbsent(from: TreePath, to: TreePath, options: Cancellable): Promise<'created' | 'exists'> {
    const answer = await this.#move(from, to, 'F', options, [412]);
    drain(answer);
    return answer.status === 412 ? 'exists' : 'created';
  }

  async remove(path: TreePath, options: Cancellable): Promise<void> {
    drain(await this.#ask('DELETE', path, options));
  }

  async names(folder: TreePath, { signal }: Cancellable): Promise<string[]> {
    const headers = { Depth: '1', Accept: 'application/xml', 'Content-Type': 'application/xml' };
    const answer = await this.#ask(
      'PROPFIND',
      `${folder}/`,
      { headers, data: NAMES_ONLY, ...(signal && { signal }) },
      [404],
    );
    if (answer.status === 404 || !answer.body) return drain(answer) ?? [];
    const text = Buffer.from(await gather(answer.body as AsyncIterable<Bytes>, LISTING_LIMIT_BYTES)).toString('utf8');
    const { multistatus } = await parseXML(text);
    const own = folder.split('/').length + new URL(this.address).pathname.split('/').filter(Boolean).length;
    return multistatus.response.flatMap(({ href }) => {
      const parts = new URL(href, this.address).pathname.split('/').filter(Boolean);
      return parts.length === own + 1 ? decodeURIComponent(parts.at(-1)!) : [];
    });
  }

  async makeFolder(folder: TreePath, options: Cancellable): Promise<void> {
    // 405: it is there.
    drain(await this.#ask('MKCOL', folder, options, [405]));
  }

  /** The standard makes "move unless there" the server's task; those there are look first and move then. */
  async promises() {
    return { putIfAbsent: 'checked', put: 'answered' } as const;
  }

  async close(): Promise<void> {}

  #move(from: TreePath, to: TreePath, Overwrite: 'T' | 'F', options: Cancellable, accepted: number[] = []) {
    const headers = { Destination: `${this.address}/${to}`, Overwrite };
    return this.#ask('MOVE', from, { headers, ...options }, accepted);
  }

  /** Asks, and gives the answer where it is a success or one of those that the caller knows what to do with. */
  async #ask(
    method: string,
    path: TreePath,
    { signal, ...request }: Request,
    accepted: number[] = [],
  ): Promise<Answer> {
    try {
      const answer = await this.client.customRequest(`/${path}`, { method, ...request, ...(signal && { signal }) });
      return answer as unknown as Answer;
    } catch (thrown) {
      const { response } = thrown as { response?: Answer };
      if (response && accepted.includes(response.status)) return response;
      if (response) drain(response);
      throw thrown;
    }
  }
}

/** Reads an answer's body to nowhere, so that its connection can be used again; a long one is not worth that. */
function drain({ body }: Answer): undefined {
  body?.on('error', () => undefined);
  let sizeBytes = 0;
  body?.on('data', (piece: Bytes) => {
    sizeBytes += piece.length;
    if (sizeBytes > 65_536) body.destroy();
  });
  return undefined;
}
