import type { Clouds, RepairReport, StripeId } from '@salus/clouds';

/** What a step found and made again. */
export interface Scrubbed {
  stripes: number;
  found: number;
  rebuilt: RepairReport['rebuilt'];
}

/**
 * Reads everything that lies in the clouds once in `everyMs`, a few stripes a step: what a store lost, altered or set back is found and
 * made again although nobody asked for it. Where it is lives in memory: a node that starts anew begins anew.
 */
export class Scrubbing {
  #after: StripeId | undefined;
  /** Stripes that could have been read since the last step and were not, a fraction of one included. */
  #due = 0;

  constructor(
    readonly clouds: Clouds,
    readonly everyMs: number,
    /** Most stripes of a step: what readers wait for stays short. */
    readonly limit = 50,
  ) {}

  /** Those of all `stripes` that are due when `passedMs` have passed since the last step; none may be. Cost: reads of all their pieces. */
  async step(passedMs: number, stripes: number): Promise<Scrubbed> {
    this.#due = Math.min(this.limit, this.#due + (stripes * passedMs) / this.everyMs);
    const limit = Math.floor(this.#due);
    if (limit === 0) return { stripes: 0, found: 0, rebuilt: [] };
    const from = this.#after === undefined ? {} : { after: this.#after };
    const report = await this.clouds.repair({ scan: true, limit, ...from });
    this.#after = report.next;
    // The end of the list may come first: what is left of this step goes to the next, at its beginning.
    this.#due -= report.stripes;
    return { stripes: report.stripes, found: report.found.length, rebuilt: report.rebuilt };
  }
}
