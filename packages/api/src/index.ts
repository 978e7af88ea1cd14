export { FRAME_HEAD_BYTES, type FramedChunk, unframeChunks, writeFrameHead } from './chunkFrames.ts';
export { CBOR, decodeBody, encodeBody, JSON_TYPE, RAW } from './codec.ts';
export { apiError, fromWire, toWire, type WireError, wireError } from './errors.ts';
export { LIMITS } from './limits.ts';
export { openApi } from './openapi.ts';
export type { Access, BodyOf, ParsedBodyOf, ReplyOf, Route } from './route.ts';
export { type RouteName, type Routes, routes } from './routes/index.ts';
export { openingFrame, openingHead } from './routes/reads.ts';
export { statusOf } from './status.ts';
