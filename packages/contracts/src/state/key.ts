declare const held: unique symbol;

/** The text key of a state value, remembering the value's type. */
export type StateKey<Value> = string & { readonly [held]?: Value };

/** Names a key's value type; the text is what the tree hashes. */
export const stateKey = <Value>(text: string): StateKey<Value> => text as StateKey<Value>;
