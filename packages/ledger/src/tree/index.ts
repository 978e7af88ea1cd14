// The state tree alone, for whoever measures it.
export { keyHash, valueHash } from './hash.ts';
export { Page } from './page.ts';
export { updateTree } from './tree.ts';
