import { z } from 'zod';
import { storePreference } from '../preference.ts';

const text = z.string().min(1).max(1_000);
const host = z.string().regex(/^[A-Za-z0-9.-]{1,253}$/);
const port = z.number().int().min(1).max(65_535);
/** Never in the clear: most of these protocols send the password, and all send what is asked for. */
const address = z.url({ protocol: /^https$/ }).max(1_000);
/** A beginning of keys, or a folder, that belongs to this store alone: parts between slashes. */
const place = z.string().regex(/^(?!.*(^|\/)\.)[A-Za-z0-9._-]{1,60}(\/[A-Za-z0-9._-]{1,60}){0,9}$/);

/** Where credentials are found: a JSON file that only its owner can read, or an environment variable with the same JSON. */
const credentials = z.union([
  z.strictObject({ file: text }),
  z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/) }),
]);

const each = {
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** Without progress for so long, a call has failed. */
  timeoutMs: z.number().int().min(100).max(600_000).default(20_000),
  callsPerSecond: z.number().positive().optional(),
  bytesPerSecond: z.number().positive().optional(),
  /** What the operator wants of it. */
  placement: storePreference.optional(),
};
const remote = { ...each, credentials };
/** Certificates, as PEM, of the only authorities whose word on this store's identity counts. The system's unless given. */
const caFile = text.optional();

const folder = z.strictObject({
  name: each.name,
  kind: z.literal('folder'),
  folder: text,
  placement: each.placement,
});
const s3 = z.strictObject({
  ...remote,
  kind: z.literal('s3'),
  endpoint: address,
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/)
    .default('us-east-1'),
  bucket: z.string().regex(/^[a-z0-9.-]{3,63}$/),
  prefix: place.optional(),
  /** The bucket in the path, as gateways want it; otherwise in the host name, as Amazon does. */
  pathStyle: z.boolean().default(true),
  caFile,
});
const azure = z.strictObject({
  ...remote,
  kind: z.literal('azure'),
  /** Of the account: `https://ACCOUNT.blob.core.windows.net`. */
  endpoint: address,
  container: z.string().regex(/^[a-z0-9-]{3,63}$/),
  prefix: place.optional(),
  caFile,
});
const gcs = z.strictObject({
  ...remote,
  kind: z.literal('gcs'),
  endpoint: address.default('https://storage.googleapis.com'),
  bucket: z.string().regex(/^[a-z0-9._-]{3,222}$/),
  prefix: place.optional(),
  caFile,
});
const webdav = z.strictObject({
  ...remote,
  kind: z.literal('webdav'),
  /** One of `webdavPresets`, or else `url`. */
  preset: z.string().max(40).optional(),
  /** Where a preset is of a product and not of one provider. */
  host: host.optional(),
  url: address.optional(),
  folder: place,
  caFile,
});
const ftps = z.strictObject({
  ...remote,
  kind: z.literal('ftps'),
  host,
  port: port.default(21),
  folder: place,
  caFile,
});
const sftp = z.strictObject({
  ...remote,
  kind: z.literal('sftp'),
  host,
  port: port.default(22),
  folder: place,
  /** Fingerprint as `ssh-keygen -l` prints it. No other key is spoken to. */
  hostKey: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/),
});

/** One entry of `stores` in `node/node.json`. Without `kind`, a folder. */
export const storeConfig = z.preprocess(
  (given) => (given && typeof given === 'object' && !('kind' in given) ? { ...given, kind: 'folder' } : given),
  z.discriminatedUnion('kind', [folder, s3, azure, gcs, webdav, ftps, sftp]),
);

export type StoreConfig = z.output<typeof storeConfig>;
/** The settings of one kind of store. */
export type ConfigOf<Kind extends StoreConfig['kind']> = Extract<StoreConfig, { kind: Kind }>;

/** What stands in a credentials file, by kind of store. */
export const storeSecrets = {
  s3: z.strictObject({ accessKeyId: text, secretAccessKey: text, sessionToken: text.optional() }),
  azure: z.strictObject({ account: z.string().regex(/^[a-z0-9]{3,24}$/), key: z.base64().max(200) }),
  // Google's own file has more fields than are needed.
  gcs: z.object({ client_email: text, private_key: z.string().max(10_000) }),
  webdav: z.strictObject({ username: text, password: text }),
  ftps: z.strictObject({ username: text, password: text }),
  sftp: z.union([
    z.strictObject({ username: text, password: text }),
    z.strictObject({ username: text, privateKey: z.string().max(20_000), passphrase: text.optional() }),
  ]),
};

export type SecretsOf<Kind extends keyof typeof storeSecrets> = z.output<(typeof storeSecrets)[Kind]>;
