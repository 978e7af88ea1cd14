export * from './aead.ts';
export * from './ed25519.ts';
export * from './hash.ts';
export * from './merkle.ts';
export * from './body.ts';
