import { isSalusError, newId, type OperationId, type Random, type TimeMs } from '@salus/base';
import type { Clock } from '@salus/clouds';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import type { AroundStore } from '../stores.ts';
import { backUp } from './backUp.ts';
import type { BackupConfig } from './config.ts';
import { readNote } from './notes.ts';
import { dueInMs, everyMsOf, type Ran } from './schedule.ts';

/** What a node makes backups with. */
export interface Regularly {
  home: string;
  directory: string;
  backups: readonly BackupConfig[];
  clock: Clock;
  now: () => TimeMs;
  random: Random;
  log: Logger;
  metrics: Metrics;
  /** Tells the operator's devices that there is something to look at. */
  tell: (kind: string, id: OperationId) => void;
  around?: AroundStore | undefined;
}

/** How a backup stands, for health: no names of sets, no sizes. */
export interface BackupState {
  name: string;
  madeAt: TimeMs | null;
  /** Code of what the last try failed with; null where it did not. */
  failing: string | null;
}

interface Standing extends Ran {
  config: BackupConfig;
  failing: string | null;
}

/** Timers hold no longer; whoever is due later is asked again. */
const LONGEST_WAIT_MS = 86_400_000;

/** Makes a running node's backups when they are due, one at a time, and says how they stand. */
export class RegularBackups {
  readonly #standing: Standing[] = [];
  readonly #stopping = new AbortController();
  #turn: Promise<void> = Promise.resolve();
  #cancel = () => {};

  private constructor(readonly node: Regularly) {}

  static async open(node: Regularly): Promise<RegularBackups> {
    const regular = new RegularBackups(node);
    for (const config of node.backups) {
      const note = await readNote(node.directory, config.name);
      regular.#standing.push({ config, madeAt: note?.madeAt, failures: 0, failedAt: 0, failing: null });
      node.metrics.noteBackup(config.name, { madeAt: note?.madeAt ?? 0, failures: 0 });
    }
    return regular;
  }

  get states(): BackupState[] {
    return this.#standing.map(({ config, madeAt, failing }) => ({
      name: config.name,
      madeAt: madeAt ?? null,
      failing,
    }));
  }

  /** From now on. Returns how to stop: what is being sent is broken off, and the next run goes on from there. */
  begin(): () => Promise<void> {
    this.#wait();
    return async () => {
      this.#stopping.abort();
      this.#cancel();
      await this.#turn;
    };
  }

  #wait(): void {
    if (this.#standing.length === 0 || this.#stopping.signal.aborted) return;
    const due = Math.min(...this.#standing.map((one) => this.#dueIn(one)));
    this.#cancel = this.node.clock.after(Math.min(due, LONGEST_WAIT_MS), () => {
      void this.check().then(() => this.#wait());
    });
  }

  #dueIn = (standing: Standing): number => dueInMs(standing, everyMsOf(standing.config.every), this.node.now());

  /** Makes those that are due, behind what is under way. */
  check(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      for (const standing of this.#standing)
        if (!this.#stopping.signal.aborted && this.#dueIn(standing) === 0) await this.#make(standing);
    });
    return this.#turn;
  }

  async #make(standing: Standing): Promise<void> {
    const { home, now, random, log, metrics, tell, around } = this.node;
    const { name } = standing.config;
    const { signal } = this.#stopping;
    try {
      const report = await backUp(home, { name }, { now, random, signal, around });
      const { set, sent, forgotten, withheld, unread, unswept } = report;
      Object.assign(standing, { madeAt: report.madeAt, failures: 0, failing: null });
      metrics.noteBackup(name, { madeAt: report.madeAt, failures: 0, sentBytes: sent.sizeBytes });
      log.info({ backup: name, set, sent, forgotten }, 'backup made');
      if (withheld === null && unread === 0 && unswept === null) return;
      log.error({ backup: name, withheld, unread, unswept }, 'backup made, but not all is well');
      tell('backup.incomplete', newId(random));
    } catch (thrown) {
      if (isSalusError(thrown, 'backup-stopped')) return;
      const code = isSalusError(thrown) ? thrown.code : 'unknown';
      Object.assign(standing, { failures: standing.failures + 1, failedAt: now(), failing: code });
      metrics.noteBackup(name, { failures: standing.failures });
      log.error(isSalusError(thrown) ? { backup: name, code } : { backup: name, err: thrown }, 'backup failed');
      tell('backup.failed', newId(random));
    }
  }
}
