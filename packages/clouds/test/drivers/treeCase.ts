import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@salus/base';
import { it } from 'vitest';
import type { StartedServer, Tried } from './driverCase.ts';

/** A claim of drivers that keep objects as files; `filesOf` is where the server keeps them on this machine. */
export function treeClaims<Server extends StartedServer>(
  tried: () => Tried<Server>,
  filesOf: (server: Server) => string,
): void {
  it('sweeps what a dead process left unfinished, and nothing else', async () => {
    const { server, open } = tried();
    const folder = 'swept/deeper';
    const first = await open({ folder });
    await first.put('a', utf8('a'));
    await first.close();
    const unfinished = join(filesOf(server), folder, 'unfinished');
    for (const left of ['0123456789abcdef-0', '0123456789abcdef-17', 'somebody.else'])
      await writeFile(join(unfinished, left), 'left', { mode: 0o666 });
    const second = await open({ folder });
    assert.deepEqual(await second.list({ limit: 10 }), ['a']);
    await second.put('b', utf8('b'));
    assert.deepEqual(await readdir(unfinished), ['somebody.else']);
    assert.deepEqual(await second.list({ limit: 10 }), ['a', 'b']);
    await second.close();
  });
}
