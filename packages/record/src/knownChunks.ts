import { hex } from '@salus/base';
import type { ChunkRef } from './manifest.ts';

// Chunks of one length are nearly always one; where nothing in a file cuts, all are of the largest.
const TRIES_LIMIT = 4;

/** Chunks that are stored already, as an edit or an upload begun again looks for them. */
export class KnownChunks {
  /** Of each length, with their places in the file. */
  readonly #bySize = new Map<number, { ref: ChunkRef; at: number }[]>();
  #next = 0;

  constructor(refs: readonly ChunkRef[] = []) {
    const distinct = new Map(refs.map((ref) => [hex(ref.hash), ref]));
    for (const [at, ref] of [...distinct.values()].entries()) {
      const alike = this.#bySize.get(ref.sizeBytes);
      if (alike) alike.push({ ref, at });
      else this.#bySize.set(ref.sizeBytes, [{ ref, at }]);
    }
  }

  /** Those that a chunk of this length may be, the likeliest first: what follows the last that was found. Four at most. */
  candidates(sizeBytes: number): ChunkRef[] {
    const alike = this.#bySize.get(sizeBytes) ?? [];
    const following = Math.max(
      0,
      alike.findIndex(({ at }) => at >= this.#next),
    );
    const likely = alike.slice(following, following + TRIES_LIMIT);
    const others = alike.slice(0, Math.min(following, TRIES_LIMIT - likely.length));
    return [...likely, ...others].map(({ ref }) => ref);
  }

  /** Says that a candidate was the chunk. */
  found(ref: ChunkRef): void {
    const place = this.#bySize.get(ref.sizeBytes)?.find((one) => one.ref === ref);
    if (place) this.#next = place.at + 1;
  }
}
