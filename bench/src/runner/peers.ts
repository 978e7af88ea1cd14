import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Peers live beside the benches and in no package.json: nobody who uses Salus has to install them. */
const PEERS = fileURLToPath(new URL('../../.peers', import.meta.url));

/**
 * Folder of a package to measure beside Salus, at one exact version, installed first if needed. Gives undefined, and says why on
 * stderr, where it cannot be installed: a bench then prints its own figures only.
 */
export function peerFolder(name: string, version: string): string | undefined {
  return isInstalled(name, version) || install(name, version) ? join(PEERS, 'node_modules', name) : undefined;
}

function isInstalled(name: string, version: string): boolean {
  const manifest = join(PEERS, 'node_modules', name, 'package.json');
  return existsSync(manifest) && createRequire(manifest)(manifest).version === version;
}

function install(name: string, version: string): boolean {
  mkdirSync(PEERS, { recursive: true });
  const manifest = join(PEERS, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const args = [
    'install',
    '--ignore-scripts',
    '--save-exact',
    '--no-audit',
    '--no-fund',
    '--prefix',
    PEERS,
    `${name}@${version}`,
  ];
  const { status, stderr } = spawnSync('npm', args, {
    cwd: PEERS,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    process.stderr.write(`${name} ${version} is not measured: npm could not install it.\n${stderr ?? ''}\n`);
  return status === 0;
}
