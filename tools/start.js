// npm start: makes the clone ready and starts a node of its own.
import { prepare } from './prepare.js';

await prepare();
const { main } = await import(new URL('../apps/cli/dist/main.js', import.meta.url).href);
process.exitCode = await main(['start', ...process.argv.slice(2)]);
