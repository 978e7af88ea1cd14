import { type Bytes, u32 } from '@salus/base';
import { mac } from './hash.ts';
import { tag } from './suite.ts';

/** Labels a reader asks for beyond the last one found, because an author's crash leaves a gap (reserved in blocks). */
export const LABEL_GAP = 64;

/**
 * Label of entry i of one word, channel and month: HMAC(labelKey, i), 32 bytes. The label key enumerates them and
 * opens nothing; a node that is given it sees which entries belong together.
 */
export const entryLabel = (labelKey: Bytes, i: number): Bytes => mac(labelKey, tag('entry/label'), u32(i));
