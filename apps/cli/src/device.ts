// What the command line has of a device, without its commands.

export { FileStore } from './fileStore.ts';
export { writeContent } from './files.ts';
