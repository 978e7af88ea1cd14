export { FILE_LIMIT_BYTES, openPart, type SealedChunk, sealBody } from './body.ts';
export { type Card, card, openCard, type SealedUnder, sealCard, TOPICS_LIMIT, WORDS_LIMIT } from './card.ts';
export { recordError } from './errors.ts';
export { vitalsBundle } from './fhir.ts';
export { KnownChunks } from './knownChunks.ts';
export { type ChunkRef, type Manifest, manifest, openManifest, sealManifest } from './manifest.ts';
export { mediaTypeOf } from './mediaType.ts';
export { SAMPLE_BYTES, type TermSource, type Terms, termsOf, topicForm, wordsOf } from './topics.ts';
export { type VitalsInput, vitalsInput } from './vitals.ts';
