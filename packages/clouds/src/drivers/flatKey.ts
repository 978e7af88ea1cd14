import type { ObjectName } from '../objectStore.ts';

// Gateways that keep objects as files cannot hold both `a` and `a/b`, and some providers take a final dot or `..` for
// something else. So a key has no slash: each mark moves to the one before it in the order of codes, which keeps the order
// of names, and with it the provider's own listing.
const TO_KEY: Record<string, string> = { '-': '!', '.': '-', '/': '.' };
const TO_NAME: Record<string, string> = { '!': '-', '-': '.', '.': '/' };

/** A store's key for a name, or for the beginning of one. */
export const keyOf = (name: ObjectName): string => name.replace(/[-./]/g, (mark) => TO_KEY[mark]!);

/** The name that a key stands for. A key of somebody else's gives something outside the grammar, or a name nobody asks for. */
export const nameOfKey = (key: string): ObjectName => key.replace(/[-.!/]/g, (mark) => TO_NAME[mark] ?? '_');
