// npm run bench -- NAME [--json]: makes the clone ready and measures; without a name, lists what can be measured.
import { prepare } from './prepare.js';

await prepare();
const { main } = await import(new URL('../bench/dist/main.js', import.meta.url).href);
process.exitCode = await main(process.argv.slice(2));
