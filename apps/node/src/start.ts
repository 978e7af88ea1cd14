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
import { keepFrom } from './backups/notes.ts';
import { RegularBackups } from './backups/regular.ts';
import { machineClock } from './clock.ts';
import { codingOf, type NodeConfig, readConfig } from './config.ts';
import type { NodeContext } from './context.ts';
import { logOf, openDatabase } from './database/open.ts';
import { nodeError } from './errors.ts';
import { followLedger } from './following.ts';
import { readGenesis } from './genesis.ts';
import { handlersOf } from './handlers.ts';
import { Keeper } from './keeper.ts';
import { takeLock } from './lock.ts';
import { Membership } from './membership.ts';
import { isLost, LOST_FIX, type Lost, mendDatabase } from './mending.ts';
import { Metrics } from './metrics.ts';
import { News } from './news.ts';
import { DatabasePlacement } from './placement.ts';
import { servePortal } from './portalFiles.ts';
import { Projection } from './projection.ts';
import { repairRegularly } from './repairing.ts';
import { Restoration } from './restoration.ts';
import { publicKeysOf, readSecrets } from './secrets.ts';
import { createServer } from './server.ts';
import { Sessions } from './sessions.ts';
import { SteadyClock } from './steadyClock.ts';
import { auditRegularly } from './storage/audits.ts';
import { StorageCare, tagRegularly } from './storage/storageCare.ts';
import { storedClouds } from './storage/storedClouds.ts';
import { type AroundStore, openStoreOf, type StoreOpening } from './stores.ts';
import { sweep } from './sweep.ts';
import { VERSION } from './version.ts';

/** A node that answers. */
export interface RunningNode {
  url: string;
  /** Its parts, for tests and for whoever composes it. */
  context: NodeContext;
  /** What makes its backups when they are due. */
  backups: RegularBackups;
  /** What the database lacks of what the ledger knows, and what to do about it. */
  lost: Lost;
  fix?: string;
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
  /** Wraps each store, for tests of what a node does when one fails. */
  aroundStore?: AroundStore;
  /**
   * Home of the node that this one is a restored copy of, beside which it is tried: it answers on this machine alone, looks at
   * that node's stores and changes none, and neither repairs nor backs up.
   */
  rehearsalOf?: string;
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
    const { now, random, log, news } = context;
    const backups = await RegularBackups.open({
      ...{ home: options.home, directory, backups: config.backups, clock: machineClock, now, random, log, metrics },
      tell: (kind, operation) =>
        news.tell([context.genesis.operator.account], { kind, height: context.ledger.head().height, operation }),
      around: options.aroundStore,
    });
    const app = await createServer({
      handlers: handlersOf(context),
      admit: admission(context),
      openApi: openApi(VERSION),
      health: async () => ({
        ok: true,
        version: VERSION,
        height: context.ledger.head().height,
        lost,
        restored: restoredOf(context.restoration),
        backups: backups.states,
        ...lostFix(lost),
      }),
      metrics,
      log: context.log,
      perMinute: config.perMinute,
    });
    closers.push(() => app.close());
    if (options.portal) await servePortal(app, options.portal);
    const url = await app.listen({ host: config.host, port: options.port ?? config.port });
    for (const origin of [...originsAt(url), ...config.origins]) context.sessions.origins.add(origin);
    if (options.rehearsalOf === undefined) {
      closers.push(repairRegularly(context, config), backups.begin(), auditRegularly(context, config));
      closers.push(tagRegularly(context.storage, config.tagEveryMs));
    }
    context.log.info({ url, height: context.ledger.head().height }, 'node started');
    return { url, context, backups, lost, ...lostFix(lost), stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

const rehearsed = (config: NodeConfig, isRehearsal: boolean): NodeConfig =>
  isRehearsal ? { ...config, host: '127.0.0.1', port: 0, backups: [] } : config;

const lostFix = (lost: Lost): { fix?: string } => (isLost(lost) ? { fix: LOST_FIX } : {});

/** What devices may call the address that a node listens on: a loopback address has a name, too. */
function originsAt(url: string): string[] {
  const { origin, hostname, port } = new URL(url);
  return hostname === '127.0.0.1' || hostname === '[::1]' ? [origin, `http://localhost:${port}`] : [origin];
}

/** What health says of a restore: the height restored to, and how many patients' records wait. Null where there was none. */
const restoredOf = ({ current, waiting }: Restoration) => (current ? { height: current.header.height, waiting } : null);

async function openParts(directory: string, options: StartOptions, closers: (() => Promise<unknown>)[]) {
  const clock = new SteadyClock(options.now ?? Date.now);
  const { now } = clock;
  const { rehearsalOf } = options;
  const config = rehearsed(await readConfig(directory), rehearsalOf !== undefined);
  const genesisBytes = await readGenesis(directory);
  if (!genesisBytes) throw nodeError('genesis-mismatch');
  await mkdir(join(directory, 'log'), { recursive: true });
  const log = pino(
    { level: config.logLevel, base: null },
    pino.destination({ dest: join(directory, 'log', 'node.log'), sync: false, mkdir: true }),
  );
  const secrets = await readSecrets(directory);
  const databaseFile = join(directory, 'salus.db');
  const database = await openDatabase(databaseFile);
  closers.push(() => database.destroy());
  const ledger = await openEmbeddedLedger({
    directory: join(directory, 'ledger'),
    genesisBytes,
    validatorKey: secrets.validator,
    now,
  });
  closers.push(() => ledger.close());
  const restoration = await Restoration.open(directory, ledger, database, secrets.validator);
  clock.isNotBefore(ledger.head().time);
  const { genesis, network } = ledger;
  const keys = await publicKeysOf(secrets);
  const index = genesis.keepers.findIndex(({ boxKey }) => equal(boxKey, keys.keeperBoxKey));
  if (index < 0 || !equal(genesis.organisation.lookupKey, keys.lookupKey)) throw nodeError('genesis-mismatch');
  const open: StoreOpening = {
    home: rehearsalOf ?? options.home,
    readOnly: rehearsalOf !== undefined,
    onCall: (store, call) => metrics.countStoreCall(store, call),
    ...(options.aroundStore ? { around: options.aroundStore } : {}),
  };
  const stores = config.stores.map((entry) => openStoreOf(entry, open));
  const { durableShards, ...coding } = codingOf(config);
  const placement = new DatabasePlacement(database, logOf(databaseFile));
  const clouds = openClouds({
    stores,
    k: coding.dataShards,
    n: coding.totalShards,
    durableShards,
    ...(config.mostPerRegion !== undefined && { mostPerRegion: config.mostPerRegion }),
    storageRoot: secrets.storageRoot,
    placement,
    random: systemRandom,
    clock: machineClock,
    writeTimeoutMs: config.storeTimeoutMs,
    readTimeoutMs: config.storeTimeoutMs,
    onEvent: (event) => log.info(event, 'clouds'),
  });
  const kept = { ledger, network, genesis, random: systemRandom };
  const storage = new StorageCare({ ...kept, database, placement, log }, options.home);
  const membership = new Membership(directory, clouds, coding.totalShards, open, stores, storage.noteMoved);
  closers.push(() => clouds.close().finally(() => membership.close()));
  membership.resume(config);
  const count = genesis.keepers.length;
  const backupNames = config.backups.map(({ name }) => name);
  const context: NodeContext = {
    genesis,
    genesisBytes,
    network,
    ledger,
    database,
    clouds,
    placement,
    membership,
    coding,
    checks: { everyMs: config.auditEveryMs, blocks: config.auditBlocks },
    secrets,
    keeper: new Keeper(genesis.keepers[index]!.id, index + 1, secrets, database, systemRandom),
    keepers: { count, threshold: thresholdOf(count), index: index + 1 },
    sessions: new Sessions(network, systemRandom, now),
    news: new News(),
    projection: new Projection(database, ledger),
    storage,
    restoration,
    keepFrom: () => keepFrom(directory, backupNames),
    random: systemRandom,
    now,
    log,
  };
  const metrics = new Metrics({
    salus_ledger_height: { help: 'Height of the newest block', read: () => ledger.head().height },
    salus_restored_waiting: {
      help: 'Patients whose records wait for devices after a restore',
      read: () => restoration.waiting,
    },
    salus_stores_lost: {
      help: 'Stores that had lost something when they were last checked',
      read: () => [...storedClouds({ ledger }).values()].filter(({ checked }) => checked?.finding === 'lost').length,
    },
    salus_sessions: { help: 'Open sessions', read: () => context.sessions.count },
    salus_listeners: { help: 'Devices listening for news', read: () => context.news.listeners },
  });
  await context.projection.catchUp();
  await sweep(context);
  const lost = await mendDatabase(context);
  if (restoration.current)
    log.warn(
      restoredOf(restoration),
      'restored from a backup: nothing of a patient is opened before they and the operator have caught up',
    );
  closers.push(followLedger(context, metrics));
  return { context, metrics, config, lost };
}
