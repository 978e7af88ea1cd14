import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { isSalusError, utf8 } from '@salus/base';
import { checkTold } from '@salus/testkit';
import { it } from 'vitest';
import { gather } from '../../src/index.ts';
import type { StartedServer, Tried } from './driverCase.ts';

/**
 * A claim of drivers over connections of their own: servers that speak first, and speak nonsense. `says` is what each says
 * when somebody connects; each then repeats it for whatever it hears.
 */
export function hostileTalk<Server extends StartedServer>(
  tried: () => Tried<Server>,
  says: readonly (string | Buffer)[],
  secrets: string[],
): void {
  it('gives only errors of ours for servers that speak nonsense', async () => {
    const { open } = tried();
    for (const said of says) {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.write(said);
        socket.on('data', () => socket.write(said));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      const store = await open({ port, timeoutMs: 2_000 });
      const outcomes = await Promise.allSettled([
        store.list({ limit: 1 }),
        store.put('a', utf8('a')),
        gather(store.get('a'), 10),
        store.delete('a'),
      ]);
      for (const outcome of outcomes) {
        const reason: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
        assert.ok(isSalusError(reason), String(reason));
        checkTold(reason, [...secrets, 'canary']);
      }
      await store.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });
}
