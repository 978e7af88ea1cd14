import type { RouteName } from '@salus/api';
import { Client } from '@salus/sdk';

/** What devices send while something runs, by route. */
export async function capturedBodies(run: () => Promise<unknown>): Promise<Map<RouteName, Captured[]>> {
  const prototype = Client.prototype as unknown as { call: AnyCall; stream: AnyCall };
  const { call, stream } = prototype;
  const captured = new Map<RouteName, Captured[]>();
  const keeping = (genuine: AnyCall): AnyCall =>
    function keep(this: unknown, name, body, params, ...rest) {
      captured.set(name, [...(captured.get(name) ?? []), { body, params: (params ?? {}) as Record<string, string> }]);
      return genuine.call(this, name, body, params, ...rest);
    };
  Object.assign(prototype, { call: keeping(call), stream: keeping(stream) });
  try {
    await run();
  } finally {
    Object.assign(prototype, { call, stream });
  }
  return captured;
}

/** One call: its body, or its query where the route is read, and what stands in its path. */
export interface Captured {
  body: unknown;
  params: Record<string, string>;
}

type AnyCall = (this: unknown, name: RouteName, ...given: unknown[]) => Promise<unknown>;
