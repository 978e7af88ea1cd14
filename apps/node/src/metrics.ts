import type { TimeMs } from '@salus/base';
import type { StoreCall } from '@salus/clouds';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted of a backup; without `madeAt` the newest stays. */
export interface BackupNoted {
  madeAt?: TimeMs;
  failures: number;
  sentBytes?: number;
}

/** Counts and times for Prometheus. Labels are names of routes and codes, never ids. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'salus_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 2, 10],
    registers: [this.#registry],
  });
  readonly #operations = new Counter({
    name: 'salus_operations_total',
    help: 'Operations by type',
    labelNames: ['type'],
    registers: [this.#registry],
  });

  readonly #storeCalls = new Histogram({
    name: 'salus_store_call_seconds',
    help: 'Time that a call of a store took, all its tries together',
    labelNames: ['store', 'call', 'outcome'],
    buckets: [0.01, 0.05, 0.2, 0.5, 1, 3, 10, 30],
    registers: [this.#registry],
  });
  readonly #storeBytes = new Counter({
    name: 'salus_store_bytes_total',
    help: 'Bytes sent to and received from a store',
    labelNames: ['store', 'call'],
    registers: [this.#registry],
  });

  readonly #backupNewest = new Gauge({
    name: 'salus_backup_newest_timestamp_seconds',
    help: 'When the newest backup was made; 0 before the first',
    labelNames: ['backup'],
    registers: [this.#registry],
  });
  readonly #backupFailures = new Gauge({
    name: 'salus_backup_failures',
    help: 'Tries that failed since the newest backup',
    labelNames: ['backup'],
    registers: [this.#registry],
  });
  readonly #backupBytes = new Counter({
    name: 'salus_backup_sent_bytes_total',
    help: 'Bytes sent to a place for backups',
    labelNames: ['backup'],
    registers: [this.#registry],
  });

  constructor(gauges: Record<string, { help: string; read: () => number }>) {
    collectDefaultMetrics({ register: this.#registry });
    for (const [name, { help, read }] of Object.entries(gauges)) {
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(read());
        },
      });
    }
  }

  requestTimer(route: string): (status: number) => void {
    const stop = this.#requests.startTimer({ route });
    return (status) => void stop({ status: String(status) });
  }

  countOperation(type: string): void {
    this.#operations.inc({ type });
  }

  countStoreCall(store: string, { call, outcome, tookMs, sizeBytes }: StoreCall): void {
    this.#storeCalls.observe({ store, call, outcome }, tookMs / 1000);
    this.#storeBytes.inc({ store, call }, sizeBytes);
  }

  noteBackup(backup: string, { madeAt, failures, sentBytes = 0 }: BackupNoted): void {
    if (madeAt !== undefined) this.#backupNewest.set({ backup }, madeAt / 1000);
    this.#backupFailures.set({ backup }, failures);
    this.#backupBytes.inc({ backup }, sentBytes);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
