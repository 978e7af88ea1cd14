import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StoreConfig, storeConfig } from '@salus/clouds';
import { addRecords, type Content, type Device, myRecords, openOwn } from '@salus/sdk';
import {
  FaultyLine,
  missingPrograms,
  REAL_CLOUDS_PROGRAMS,
  type RealClouds,
  startRealClouds,
} from '@salus/testkit/servers';
import type { Report } from './runner/figure.ts';
import { Hospital } from './runner/hospital.ts';
import { quantile, timesMs } from './runner/measure.ts';
import { RcloneCrypt } from './runner/rclone.ts';
import { RemoteDevice } from './runner/remoteDevice.ts';

const MB = 1_000_000;
const SIZE_MB = 100;
const READS = 60;
/** Of the slow provider's every answer: far more than any of the others takes for a piece. */
const SLOW_MS = 400;

const WHO = 'salus';

/**
 * A file from the device to six real servers of six kinds, each on TLS or SSH, and back: all of them there, one lost, two lost.
 * Beside it rclone crypt with the same file to the S3 server alone. Then reads of a small file with one provider slow.
 */
export async function run(report: Report): Promise<void> {
  const why = missingPrograms(...REAL_CLOUDS_PROGRAMS);
  if (why) {
    process.stderr.write(`clouds are not measured: ${why}\n`);
    return;
  }
  await throughput(report);
  await slowReads(report);
}

async function throughput(report: Report): Promise<void> {
  let clouds: RealClouds | undefined;
  const hospital = await Hospital.found(async (home) => {
    clouds = await startRealClouds(home);
    return clouds.entries;
  });
  const directory = await mkdtemp(join(tmpdir(), 'salus-clouds-bench-'));
  const device = await RemoteDevice.join(hospital);
  try {
    const file = join(directory, 'random.bin');
    await writeFile(file, randomBytes(SIZE_MB * MB));
    const rate = (metric: string, seconds: number) =>
      report({ who: WHO, metric, value: SIZE_MB / seconds, size_mb: SIZE_MB });
    rate('put_mb_s', await device.put(file));
    rate('get_mb_s', await device.get(join(directory, 'back')));
    await theirs(report, clouds!, file);
    await clouds!.end('gcs');
    rate('get_one_lost_mb_s', await device.get(join(directory, 'back-without-one')));
    await clouds!.end('s3');
    rate('get_two_lost_mb_s', await device.get(join(directory, 'back-without-two')));
  } finally {
    await device.close();
    await hospital.close();
    await clouds?.stop();
    await rm(directory, { recursive: true });
  }
}

async function theirs(report: Report, { s3 }: RealClouds, file: string): Promise<void> {
  const rclone = RcloneCrypt.over(`cloud:${s3.bucket}/rclone`, {
    RCLONE_CONFIG_CLOUD_TYPE: 's3',
    RCLONE_CONFIG_CLOUD_PROVIDER: 'Other',
    RCLONE_CONFIG_CLOUD_ENDPOINT: s3.endpoint,
    RCLONE_CONFIG_CLOUD_ACCESS_KEY_ID: s3.accessKeyId,
    RCLONE_CONFIG_CLOUD_SECRET_ACCESS_KEY: s3.secretAccessKey,
    RCLONE_CONFIG_CLOUD_NO_CHECK_BUCKET: 'true',
    RCLONE_CA_CERT: s3.caFile,
    // Rclone refuses two answers to the same question.
    AWS_CA_BUNDLE: undefined,
  });
  if (!rclone) return;
  const who = `rclone ${rclone.version}`;
  const remote = 'crypt over s3';
  report({ who, metric: 'put_mb_s', value: SIZE_MB / (await rclone.put(file)), size_mb: SIZE_MB, remote });
  const seconds = await rclone.get(`${file}.rclone`);
  report({ who, metric: 'get_mb_s', value: SIZE_MB / seconds, size_mb: SIZE_MB, remote });
}

async function slowReads(report: Report): Promise<void> {
  let clouds: RealClouds | undefined;
  let line: FaultyLine | undefined;
  const hospital = await Hospital.found(async (home) => {
    clouds = await startRealClouds(home);
    line = await FaultyLine.open([{ from: 0, to: Number(new URL(clouds.s3.endpoint).port) }]);
    return clouds.entries.map((entry) => (entry.kind === 's3' ? through(line!, entry) : entry));
  });
  try {
    const patient = await hospital.join('patient', 'meera');
    for await (const _ of addRecords(patient, [contentOf(randomBytes(MB))]));
    const healthy = await readP95(patient);
    line!.fault = { delayMs: SLOW_MS };
    const slow = await readP95(patient);
    report({ who: WHO, metric: 'read_p95_ms', value: healthy, size_mb: 1, slow_providers: 0 });
    report({ who: WHO, metric: 'read_p95_ms', value: slow, size_mb: 1, slow_providers: 1 });
    report({ who: WHO, metric: 'slow_read_ratio', value: slow / healthy, size_mb: 1 });
  } finally {
    await hospital.close();
    await clouds?.stop();
    await line?.close();
  }
}

const through = (line: FaultyLine, entry: StoreConfig): StoreConfig =>
  storeConfig.parse({ ...entry, endpoint: `https://127.0.0.1:${line.port}` });

const contentOf = (bytes: Uint8Array): Content => ({
  kind: 'document',
  title: 'Random',
  mediaType: 'application/octet-stream',
  async *body() {
    yield bytes;
  },
});

async function readP95(patient: Device): Promise<number> {
  for await (const own of myRecords(patient)) {
    const read = async () => {
      for await (const _ of (await openOwn(patient, own)).content());
    };
    return quantile(await timesMs(READS, read), 0.95);
  }
  throw new Error('there is no record');
}
