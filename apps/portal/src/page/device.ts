import { proxy, type Remote, wrap } from 'comlink';
import type { Failure } from '../worker/failure.ts';
import type { Desk } from '../worker/main.ts';
import type { Told } from '../worker/news.ts';
import type { Verbs } from '../worker/verbs/index.ts';

/** What a verb of the device refused, with what to do about it. */
export class DeviceError extends Error {
  readonly code: string;
  readonly fix: string;
  readonly facts: Failure['facts'];

  constructor({ code, message, fix, facts }: Failure) {
    super(message);
    this.code = code;
    this.fix = fix;
    this.facts = facts;
  }
}

const hearers = new Set<(told: Told) => void>();
let desk: Remote<Desk> | undefined;

/** The device in its worker; started at the first call, after the page has been painted. */
function start(): Remote<Desk> {
  if (desk) return desk;
  const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module', name: 'salus-device' });
  desk = wrap<Desk>(worker);
  void desk.subscribe(
    proxy((told: Told) => {
      for (const hear of hearers) hear(told);
    }),
  );
  return desk;
}

type Result<Name extends keyof Verbs> = Awaited<ReturnType<Verbs[Name]>>;

/** Asks the device. Throws `DeviceError`. */
export async function call<Name extends keyof Verbs>(
  name: Name,
  ...args: Parameters<Verbs[Name]>
): Promise<Result<Name>> {
  const answer = (await start().run(name, args)) as { value: Result<Name> } | { failure: Failure };
  if ('failure' in answer) throw new DeviceError(answer.failure);
  return answer.value;
}

/** Hears what the device tells by itself. Gives how to stop. */
export function hear(hearer: (told: Told) => void): () => void {
  hearers.add(hearer);
  return () => void hearers.delete(hearer);
}
