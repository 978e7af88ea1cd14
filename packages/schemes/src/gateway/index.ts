export * from './certificate.ts';
export * from './tagger.ts';
