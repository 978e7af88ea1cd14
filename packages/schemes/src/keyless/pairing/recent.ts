/**
 * A bounded map that forgets what was used least recently. `drop` is told what is forgotten, so that memory outside
 * the garbage collector's reach can be released.
 */
export class Recent<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #limit: number;
  readonly #drop: (value: Value) => void;

  constructor(limit: number, drop: (value: Value) => void = () => {}) {
    this.#limit = limit;
    this.#drop = drop;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value under the name, made where it is absent. What `make` throws is thrown, and nothing is kept. */
  get(name: string, make: () => Value): Value {
    const found = this.#entries.get(name);
    if (found !== undefined) {
      this.#entries.delete(name);
      this.#entries.set(name, found);
      return found;
    }
    const made = make();
    this.#entries.set(name, made);
    if (this.#entries.size > this.#limit) this.#forgetOldest();
    return made;
  }

  #forgetOldest(): void {
    for (const [name, value] of this.#entries) {
      this.#entries.delete(name);
      this.#drop(value);
      return;
    }
  }
}

/** Bytes as a map key. */
export const nameOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
