import type { Closable, ObjectStore } from './objectStore.ts';

/**
 * A store that is being opened while others are already used: what is asked of it waits for that, and where it cannot be
 * opened fails with the reason; the next call opens it again. So one cloud that is away at a start keeps nobody waiting.
 */
export function openLater(open: () => Promise<ObjectStore & Partial<Closable>>): ObjectStore & Closable {
  let opening: ReturnType<typeof open> | undefined;
  const opened = (): ReturnType<typeof open> => {
    opening ??= open().catch((thrown: unknown) => {
      opening = undefined;
      throw thrown;
    });
    return opening;
  };
  // Told to whoever asks something of it.
  opened().catch(() => undefined);
  return {
    put: async (...given) => (await opened()).put(...given),
    putIfAbsent: async (...given) => (await opened()).putIfAbsent(...given),
    get: async function* get(...given) {
      yield* (await opened()).get(...given);
    },
    list: async (...given) => (await opened()).list(...given),
    delete: async (...given) => (await opened()).delete(...given),
    // What never opened has nothing to close.
    close: async () => (await opening?.catch(() => undefined))?.close?.(),
  };
}
