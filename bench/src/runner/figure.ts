/** One measured figure. Further fields say at what size: `n`, `size_mb`, … */
export interface Figure {
  /** `salus`, or a peer with its version: `recrypt-wasm 0.14.2`. */
  who: string;
  /** Name with its unit last: `reencrypt_ms`. Latencies are the median unless the name says otherwise. */
  metric: string;
  value: number;
  [size: string]: string | number;
}

/** Takes figures as they come; the runner adds the name of the bench. */
export type Report = (figure: Figure) => void;

/** What a file in `bench/src` exports. */
export interface Bench {
  run(report: Report): Promise<void>;
}
