// What is forked as a device: sets the collector as the command line does, before anything large is loaded.
import { letFilesPass } from '@salus/cli/collector';

letFilesPass();
await import('./deviceWork.ts');
