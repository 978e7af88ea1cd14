// npm run bench -- NAME [--json]: makes the clone ready and measures; without a name, lists what can be measured.
import { prepare } from './prepare.js';
import { provision } from './provision.js';

await prepare();
const args = process.argv.slice(2);
// What a bench measures with, or beside Salus, and npm does not bring; without it, a bench prints what it can.
if (args.includes('files') || args.includes('clouds')) provision('peers');
if (args.includes('clouds')) provision('clouds');
if (args.includes('page')) provision('browser');
const { main } = await import(new URL('../bench/dist/main.js', import.meta.url).href);
process.exitCode = await main(args);
