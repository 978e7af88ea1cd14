import { LIMITS } from '@salus/api';
import { type Bytes, hex, type TimeMs } from '@salus/base';
import type { NodeContext } from './context.ts';
import { nodeError } from './errors.ts';
import type { Caller } from './sessions.ts';

type Side = 'knocked' | 'welcomed';

interface Invitation extends Caller {
  expiresAt: TimeMs;
  knocked?: Bytes;
  welcomed?: Bytes;
  /** Who waits for what has not come yet. */
  waiting: Set<() => void>;
}

/** As many as there may be sessions: each invitation is of a device that has one. */
const INVITATIONS_LIMIT = 100_000;

/**
 * A place where a device that is signed in and one that is not find each other: each leaves one sealed message for the
 * other. In memory: a restart ends invitations, and people show a new one. The node sees when, and how long they are.
 */
export class Invitations {
  readonly #open = new Map<string, Invitation>();

  constructor(readonly node: Pick<NodeContext, 'now'>) {}

  /** A device has one invitation at a time: a new one ends the one before. */
  open(id: Bytes, { account, device }: Caller): { expiresAt: TimeMs } {
    const now = this.node.now();
    for (const [key, open] of this.#open)
      if (open.device === device || open.expiresAt < now || this.#open.size >= INVITATIONS_LIMIT) this.#end(key, open);
    const expiresAt = now + LIMITS.invitationMs;
    this.#open.set(hex(id), { account, device, expiresAt, waiting: new Set() });
    return { expiresAt };
  }

  /** The new device's message. The first counts; a second would be somebody else's. Throws `invitation-taken`. */
  knock(id: Bytes, sealed: Bytes): { done: true } {
    return this.#leave(this.#invitation(id), 'knocked', sealed);
  }

  welcome(id: Bytes, caller: Caller, sealed: Bytes): { done: true } {
    return this.#leave(this.#mine(id, caller), 'welcomed', sealed);
  }

  awaitKnock(id: Bytes, caller: Caller, signal: AbortSignal) {
    return this.#arrival(this.#mine(id, caller), 'knocked', signal);
  }

  awaitWelcome(id: Bytes, signal: AbortSignal) {
    return this.#arrival(this.#invitation(id), 'welcomed', signal);
  }

  /** Throws `invitation-unknown`, also for one that has run out. */
  #invitation(id: Bytes): Invitation {
    const open = this.#open.get(hex(id));
    if (open && open.expiresAt >= this.node.now()) return open;
    throw nodeError('invitation-unknown');
  }

  #mine(id: Bytes, caller: Caller): Invitation {
    const open = this.#invitation(id);
    if (open.account !== caller.account || open.device !== caller.device) throw nodeError('invitation-unknown');
    return open;
  }

  #leave(open: Invitation, side: Side, sealed: Bytes): { done: true } {
    if (open[side]) throw nodeError('invitation-taken');
    open[side] = sealed;
    for (const wake of open.waiting) wake();
    return { done: true };
  }

  async #arrival(open: Invitation, side: Side, signal: AbortSignal): Promise<{ sealed: Bytes | null }> {
    if (!open[side]) await this.#change(open, signal);
    return { sealed: open[side] ?? null };
  }

  /** Until something is left, the invitation ends, the caller goes away, or it has taken too long. */
  async #change(open: Invitation, signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let wake = () => {};
    await new Promise<void>((resolve) => {
      wake = resolve;
      open.waiting.add(wake);
      timer = setTimeout(wake, LIMITS.waitMs);
      signal.addEventListener('abort', wake);
    });
    clearTimeout(timer);
    open.waiting.delete(wake);
  }

  #end(key: string, open: Invitation): void {
    this.#open.delete(key);
    for (const wake of open.waiting) wake();
  }
}
