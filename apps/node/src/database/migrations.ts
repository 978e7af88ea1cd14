import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** Brings the schema to the newest version. Each migration runs in a transaction, once. */
export async function migrate(database: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

const WITHOUT_ROWID = sql`without rowid`;

const MIGRATIONS: Record<string, Migration> = {
  '0001-main-job': { up: async (database: Kysely<Tables>) => createMainJob(database) },
  '0002-restoration': { up: async (database: Kysely<Tables>) => createRestoration(database) },
  '0003-shards-of-a-store': {
    up: async ({ schema }: Kysely<Tables>) =>
      schema.createIndex('shard_store').on('shard').columns(['store', 'stripe']).execute(),
  },
  '0004-tags': { up: async (database: Kysely<Tables>) => createTags(database) },
};

async function createMainJob(database: Kysely<Tables>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('account')
    .addColumn('account', 'text', (c) => c.primaryKey())
    .addColumn('number', 'text', (c) => c.notNull().unique())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('operation', 'text', (c) => c.notNull())
    .addColumn('handle', 'blob', (c) => c.notNull().unique())
    .addColumn('person', 'blob', (c) => c.notNull())
    .addColumn('owner_box', 'blob', (c) => c.notNull())
    .addColumn('registrar_box', 'blob', (c) => c.notNull())
    .addColumn('registered_at', 'integer', (c) => c.notNull())
    // One person may be both a patient and a doctor here, never two patients.
    .addUniqueConstraint('account_person', ['person', 'role'])
    .execute();
  await schema
    .createTable('keyring')
    .addColumn('account', 'text', (c) => c.primaryKey())
    .addColumn('handle', 'blob', (c) => c.notNull().unique())
    .addColumn('registration', 'text', (c) => c.notNull())
    .addColumn('wrapped', 'blob', (c) => c.notNull())
    .execute();
  await schema
    .createTable('letter')
    .addColumn('number', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('recipient', 'text', (c) => c.notNull())
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('operation', 'text', (c) => c.notNull())
    .addColumn('sealed', 'blob', (c) => c.notNull())
    .addColumn('time', 'integer', (c) => c.notNull())
    .execute();
  await schema.createIndex('letter_recipient').on('letter').columns(['recipient', 'number']).execute();
  await createProjection(database);
  await createRecords(database);
  await createSearch(database);
  await createPlacement(database);
}

async function createProjection({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('projection')
    .addColumn('height', 'integer', (c) => c.notNull())
    .execute();
  await schema
    .createTable('request')
    .addColumn('request', 'text', (c) => c.primaryKey())
    .addColumn('doctor', 'text', (c) => c.notNull())
    .addColumn('patient', 'text', (c) => c.notNull())
    .addColumn('made_at', 'integer', (c) => c.notNull())
    .execute();
  await schema.createIndex('request_doctor').on('request').column('doctor').execute();
  await schema.createIndex('request_patient').on('request').column('patient').execute();
  await schema
    .createTable('assignment')
    .addColumn('doctor', 'text', (c) => c.notNull())
    .addColumn('patient', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('assignment_key', ['doctor', 'patient'])
    .execute();
  await schema.createIndex('assignment_patient').on('assignment').column('patient').execute();
  await schema
    .createTable('delegation')
    .addColumn('delegation', 'text', (c) => c.primaryKey())
    .addColumn('maker', 'text', (c) => c.notNull())
    .addColumn('recipient', 'text', (c) => c.notNull())
    .addColumn('keys_version', 'integer', (c) => c.notNull())
    .execute();
  await schema
    .createTable('account_keys')
    .addColumn('account', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('B', 'blob', (c) => c.notNull())
    .addColumn('box_key', 'blob', (c) => c.notNull())
    .addPrimaryKeyConstraint('account_keys_key', ['account', 'version'])
    .execute();
  await schema.createIndex('delegation_maker').on('delegation').column('maker').execute();
  await schema.createIndex('delegation_recipient').on('delegation').column('recipient').execute();
  await schema
    .createTable('delegation_patient')
    .addColumn('delegation', 'text', (c) => c.notNull())
    .addColumn('patient', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('delegation_patient_key', ['patient', 'delegation'])
    .execute();
}

async function createRecords({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('record')
    .addColumn('number', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('operation', 'text', (c) => c.notNull().unique())
    .addColumn('record', 'text', (c) => c.notNull())
    .addColumn('grp', 'text', (c) => c.notNull())
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('patient', 'text', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('owner_box', 'blob', (c) => c.notNull())
    .execute();
  await schema.createIndex('record_name').on('record').columns(['record', 'grp', 'generation']).execute();
  await schema.createIndex('record_patient').on('record').columns(['patient', 'number']).execute();
  await schema
    .createTable('version')
    .addColumn('operation', 'text', (c) => c.primaryKey())
    .addColumn('record', 'text', (c) => c.notNull())
    .addColumn('grp', 'text', (c) => c.notNull())
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('body_root', 'blob', (c) => c.notNull())
    .addColumn('card', 'blob', (c) => c.notNull())
    .addColumn('manifest', 'blob', (c) => c.notNull())
    .addColumn('chunks', 'blob', (c) => c.notNull())
    .execute();
  await schema.createIndex('version_name').on('version').columns(['record', 'grp', 'version']).execute();
  await schema
    .createTable('slot')
    .addColumn('slot', 'text', (c) => c.primaryKey())
    .addColumn('record', 'text', (c) => c.notNull())
    .addColumn('grp', 'text', (c) => c.notNull())
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('recipient', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('e', 'blob')
    .addColumn('value', 'blob', (c) => c.notNull())
    .addColumn('keys_version', 'integer', (c) => c.notNull())
    .execute();
  await schema.createIndex('slot_record').on('slot').columns(['record', 'grp', 'generation']).execute();
  await schema
    .createTable('share')
    .addColumn('slot', 'text', (c) => c.primaryKey())
    .addColumn('sealed', 'blob', (c) => c.notNull())
    .execute();
}

async function createSearch({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('channel')
    .addColumn('number', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('channel', 'text', (c) => c.notNull().unique())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('device', 'text', (c) => c.notNull())
    .addColumn('recipient', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull())
    .addColumn('encapsulation', 'blob', (c) => c.notNull())
    .addColumn('signature', 'blob', (c) => c.notNull())
    .execute();
  await schema.createIndex('channel_recipient').on('channel').columns(['recipient', 'number']).execute();
  await schema
    .createTable('entry')
    .addColumn('label', 'blob', (c) => c.primaryKey())
    .addColumn('value', 'blob', (c) => c.notNull())
    .modifyEnd(WITHOUT_ROWID)
    .execute();
  await schema
    .createTable('delegation_box')
    .addColumn('delegation', 'text', (c) => c.primaryKey())
    .addColumn('operation', 'text', (c) => c.notNull())
    .addColumn('box', 'blob', (c) => c.notNull())
    .execute();
  await schema
    .createTable('row')
    .addColumn('label', 'blob', (c) => c.primaryKey())
    .addColumn('delegation', 'text', (c) => c.notNull())
    .addColumn('operation', 'text', (c) => c.notNull())
    .addColumn('wrapped', 'blob', (c) => c.notNull())
    .execute();
}

async function createPlacement({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('stripe')
    .addColumn('stripe', 'text', (c) => c.primaryKey())
    .addColumn('k', 'integer', (c) => c.notNull())
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('sealed_bytes', 'integer', (c) => c.notNull())
    .execute();
  await schema
    .createTable('shard')
    .addColumn('stripe', 'text', (c) => c.notNull())
    .addColumn('idx', 'integer', (c) => c.notNull())
    .addColumn('store', 'text', (c) => c.notNull())
    .addColumn('object', 'text')
    .addColumn('size_bytes', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('shard_key', ['stripe', 'idx'])
    .execute();
  await schema.createIndex('shard_state').on('shard').columns(['state', 'stripe']).execute();
  await schema
    .createTable('extent')
    .addColumn('chunk', 'blob', (c) => c.notNull())
    .addColumn('chunk_offset', 'integer', (c) => c.notNull())
    .addColumn('chunk_bytes', 'integer', (c) => c.notNull())
    .addColumn('stripe', 'text', (c) => c.notNull())
    .addColumn('stripe_offset', 'integer', (c) => c.notNull())
    .addColumn('length_bytes', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('extent_key', ['stripe', 'stripe_offset'])
    .execute();
  await schema.createIndex('extent_chunk').on('extent').column('chunk').execute();
}

async function createRestoration({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('shown')
    .addColumn('restoration', 'text', (c) => c.notNull())
    .addColumn('account', 'text', (c) => c.notNull())
    .addColumn('device', 'text', (c) => c.notNull())
    .addColumn('height', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('shown_key', ['restoration', 'account'])
    .execute();
}

async function createTags(database: Kysely<Tables>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('tag_due')
    .addColumn('stripe', 'text', (c) => c.primaryKey())
    .addColumn('changes', 'integer', (c) => c.notNull().defaultTo(1))
    .execute();
  await schema
    .createTable('tag_key')
    .addColumn('version', 'integer', (c) => c.notNull())
    .execute();
  await schema
    .createTable('tag')
    .addColumn('cloud', 'text', (c) => c.notNull())
    .addColumn('object', 'text', (c) => c.notNull())
    .addColumn('stripe', 'text', (c) => c.notNull())
    .addColumn('idx', 'integer', (c) => c.notNull())
    .addColumn('size_bytes', 'integer', (c) => c.notNull())
    .addColumn('tags', 'blob', (c) => c.notNull())
    .addColumn('leaves', 'blob', (c) => c.notNull())
    .addColumn('batch', 'integer')
    .addPrimaryKeyConstraint('tag_key', ['cloud', 'object'])
    .execute();
  await schema.createIndex('tag_stripe').on('tag').column('stripe').execute();
  await schema.createIndex('tag_batch').on('tag').columns(['cloud', 'batch']).execute();
  // What was stored before tags were made waits for them.
  await database
    .insertInto('tag_due')
    .columns(['stripe'])
    .expression(database.selectFrom('stripe').select('stripe'))
    .execute();
}
