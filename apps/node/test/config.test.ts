import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSalusError } from '@salus/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codingOf, defaultConfig, readConfig, writeConfig } from '../src/config.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'salus-config-'));
});
afterAll(() => rm(directory, { recursive: true }));

const reading = async (changes: object) => {
  await writeFile(join(directory, 'node.json'), JSON.stringify({ ...defaultConfig(), ...changes }));
  return readConfig(directory).catch((thrown) => {
    expect(isSalusError(thrown, 'config-contradicts', 'encoding-fields')).toBe(true);
    return String(thrown.facts.path ?? thrown.facts.why);
  });
};

describe('node.json', () => {
  it('reads as it was written, with what is not said as usual', async () => {
    await writeConfig(directory, defaultConfig());
    expect(await readConfig(directory)).toEqual(defaultConfig());
    expect(codingOf(defaultConfig())).toEqual({ dataShards: 4, totalShards: 6, durableShards: 5 });
  });

  it('is refused where it contradicts itself, and says how', async () => {
    const [first, ...others] = defaultConfig().stores;
    expect(await reading({ stores: [first, first, ...others] })).toBe('two stores are named store-1');
    expect(await reading({ dataShards: 6 })).toMatch('dataShards is 6 and has to be less than totalShards, 6');
    expect(await reading({ totalShards: 7 })).toMatch('totalShards is 7 and there are 6 stores');
    expect(await reading({ durableShards: 3 })).toMatch('durableShards is 3 and has to be 4 to 6');
    expect(await reading({ durableShards: 7 })).toMatch('durableShards is 7 and has to be 4 to 6');
    expect(await reading({ durableShards: 4 })).toMatchObject({ durableShards: 4 });
    expect(await reading({ stores: [{ ...first, placement: { weight: -1 } }, ...others] })).toMatch('stores.0');
  });
});
