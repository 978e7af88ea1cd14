import { sql } from 'kysely';
import { openDatabase } from '../dist/database/open.js';

const VALUES = {
  string: 'text',
  number: 1.5,
  bigint: 1n,
  null: null,
  true: true,
  false: false,
  bytes: Uint8Array.of(1),
  buffer: Buffer.from('x'),
  object: {},
  undefined: undefined,
  date: new Date(0),
  array: [1],
  symbol: Symbol('s'),
};

const database = await openDatabase(process.argv[2]);
const outcomes = {};
for (const [name, value] of Object.entries(VALUES)) {
  try {
    await sql`select ${value} as value`.execute(database);
    outcomes[name] = 'bound';
  } catch (thrown) {
    outcomes[name] = thrown instanceof Error ? thrown.name : 'unknown';
  }
}
await database.destroy();
process.stdout.write(JSON.stringify(outcomes));
