import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openApi } from '@salus/api';
import { equal } from '@salus/base';
import { openClouds } from '@salus/clouds';
import { openEmbeddedLedger } from '@salus/ledger';
import { initPairing, systemRandom, thresholdOf } from '@salus/schemes/keyless';
import { ready as opaqueReady } from '@serenity-kit/opaque';
import pino from 'pino';
import { admission } from './admission.ts';
import { machineClock } from './clock.ts';
import { readConfig } from './config.ts';
import type { NodeContext } from './context.ts';
import { openDatabase } from './database/open.ts';
import { nodeError } from './errors.ts';
import { followLedger } from './following.ts';
import { readGenesis } from './genesis.ts';
import { handlersOf } from './handlers.ts';
import { Keeper } from './keeper.ts';
import { takeLock } from './lock.ts';
import { mendDatabase } from './mending.ts';
import { Metrics } from './metrics.ts';
import { News } from './news.ts';
import { openConfiguredStore } from './openConfiguredStore.ts';
import { DatabasePlacement } from './placement.ts';
import { servePortal } from './portalFiles.ts';
import { Projection } from './projection.ts';
import { repairRegularly } from './repairing.ts';
import { publicKeysOf, readSecrets } from './secrets.ts';
import { createServer } from './server.ts';
import { Sessions } from './sessions.ts';
import { sweep } from './sweep.ts';
import { VERSION } from './version.ts';

/** A node that answers. */
export interface RunningNode {
  url: string;
  /** Its parts, for tests and for whoever composes it. */
  context: NodeContext;
  /** Answers what is under way, then closes everything. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Home folder: `node/` and `clouds/` lie in it. */
  home: string;
  port?: number;
  /** Folder of the built page, served beside the API where it is there. */
  portal?: string;
  now?: () => number;
}

/** The composition root: opens every part of a founded node and serves. Throws our errors where a part cannot be opened. */
export async function startNode(options: StartOptions): Promise<RunningNode> {
  await initPairing();
  await opaqueReady;
  const directory = join(options.home, 'node');
  const releaseLock = await takeLock(directory);
  const closers: (() => Promise<unknown>)[] = [releaseLock];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const { context, metrics, config, lost } = await openParts(directory, options, closers);
    const app = await createServer({
      handlers: handlersOf(context),
      admit: admission(context),
      openApi: openApi(VERSION),
      health: async () => ({ ok: true, version: VERSION, height: context.ledger.head().height, lost }),
      metrics,
      log: context.log,
      perMinute: config.perMinute,
    });
    closers.push(() => app.close());
    if (options.portal) await servePortal(app, options.portal);
    const url = await app.listen({ host: config.host, port: options.port ?? config.port });
    for (const origin of [...originsAt(url), ...config.origins]) context.sessions.origins.add(origin);
    closers.push(repairRegularly(context, config.repairEveryMs));
    context.log.info({ url, height: context.ledger.head().height }, 'node started');
    return { url, context, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** What devices may call the address that a node listens on: a loopback address has a name, too. */
function originsAt(url: string): string[] {
  const { origin, hostname, port } = new URL(url);
  return hostname === '127.0.0.1' || hostname === '[::1]' ? [origin, `http://localhost:${port}`] : [origin];
}

async function openParts(directory: string, options: StartOptions, closers: (() => Promise<unknown>)[]) {
  const now = options.now ?? Date.now;
  const config = await readConfig(directory);
  const genesisBytes = await readGenesis(directory);
  if (!genesisBytes) throw nodeError('genesis-mismatch');
  await mkdir(join(directory, 'log'), { recursive: true });
  const log = pino(
    { level: config.logLevel, base: null },
    pino.destination({ dest: join(directory, 'log', 'node.log'), sync: false, mkdir: true }),
  );
  const secrets = await readSecrets(directory);
  const database = await openDatabase(join(directory, 'salus.db'));
  closers.push(() => database.destroy());
  const ledger = await openEmbeddedLedger({
    directory: join(directory, 'ledger'),
    genesisBytes,
    validatorKey: secrets.validator,
    now,
  });
  closers.push(() => ledger.close());
  const { genesis, network } = ledger;
  const keys = await publicKeysOf(secrets);
  const index = genesis.keepers.findIndex(({ boxKey }) => equal(boxKey, keys.keeperBoxKey));
  if (index < 0 || !equal(genesis.organisation.lookupKey, keys.lookupKey)) throw nodeError('genesis-mismatch');
  const stores = await Promise.all(
    config.stores.map(async (entry) => ({
      name: entry.name,
      store: await openConfiguredStore(options.home, entry, (call) => metrics.countStoreCall(entry.name, call)),
    })),
  );
  closers.push(() => Promise.all(stores.map(({ store }) => store.close())));
  const placement = new DatabasePlacement(database);
  const clouds = openClouds({
    stores,
    k: config.dataShards,
    n: stores.length,
    storageRoot: secrets.storageRoot,
    placement,
    random: systemRandom,
    clock: machineClock,
    onEvent: (event) => log.info(event, 'clouds'),
  });
  closers.push(() => clouds.close());
  const count = genesis.keepers.length;
  const context: NodeContext = {
    genesis,
    genesisBytes,
    network,
    ledger,
    database,
    clouds,
    placement,
    coding: { dataShards: config.dataShards, totalShards: stores.length },
    secrets,
    keeper: new Keeper(genesis.keepers[index]!.id, index + 1, secrets, database, systemRandom),
    keepers: { count, threshold: thresholdOf(count), index: index + 1 },
    sessions: new Sessions(network, systemRandom, now),
    news: new News(),
    projection: new Projection(database, ledger),
    random: systemRandom,
    now,
    log,
  };
  const metrics = new Metrics({
    salus_ledger_height: { help: 'Height of the newest block', read: () => ledger.head().height },
    salus_sessions: { help: 'Open sessions', read: () => context.sessions.count },
    salus_listeners: { help: 'Devices listening for news', read: () => context.news.listeners },
  });
  await context.projection.catchUp();
  await sweep(context);
  const lost = await mendDatabase(context);
  closers.push(followLedger(context, metrics));
  return { context, metrics, config, lost };
}
