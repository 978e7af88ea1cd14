// What the command line has of a device, without its commands.
export { letFilesPass } from './collector.ts';
export { FileStore } from './fileStore.ts';
