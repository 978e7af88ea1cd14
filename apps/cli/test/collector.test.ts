import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MIB = 1024 * 1024;

/** Runs in a process of its own, for flags are a process's; gives how large its space for new objects came to be. */
function youngBytes(...lines: string[]): number {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { letFilesPass, letManyBeMade } from '@salus/cli/collector';
    let kept = [];
    /** Makes things of which many are still in use when they are collected. */
    async function make() {
      for (let i = 0; i < 2_000_000; i++) {
        kept.push({ i });
        if (kept.length === 200_000) kept = [];
        if (i % 5_000 === 0) await new Promise(setImmediate);
      }
    }
    letFilesPass();
    ${lines.join('\n')}
    await make();
    console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size);`;
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd, encoding: 'utf8' }));
}

describe('the space for new objects', () => {
  it('stays small in a process that moves files', () => {
    expect(youngBytes()).toBeLessThanOrEqual(4 * MIB);
  });

  it('grows in one that makes many things, also after it was kept small', () => {
    expect(youngBytes('letManyBeMade();')).toBeGreaterThan(4 * MIB);
    expect(youngBytes('await make();', 'letManyBeMade();')).toBeGreaterThan(4 * MIB);
  });
});
