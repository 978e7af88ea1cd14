#!/usr/bin/env node
// Builds what is stale, then runs the command line. Plain JavaScript: it has to run before anything is built.
import { prepare } from '../../../tools/prepare.js';

await prepare();
const { letFilesPass } = await import('../dist/collector.js');
letFilesPass();
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2));
