// How this process collects what it no longer needs: for programs that act as a device does on the command line.
export { letFilesPass, letManyBeMade } from './newObjects.ts';
