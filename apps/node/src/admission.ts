import { apiError, type Route, routes } from '@salus/api';
import { accountKey, deviceKey } from '@salus/contracts';
import type { NodeContext } from './context.ts';
import type { Caller } from './sessions.ts';

/** Whoever was turned down or suspended may still read why. */
const WHEN_CLOSED: ReadonlySet<Route> = new Set<Route>([routes.me, routes.letters]);

/** Lets a caller in: session, device and account are looked at anew at every request, so a cut-off works at the next one. */
export function admission(node: NodeContext) {
  return (route: Route, token: string | undefined): Caller | undefined => {
    if (route.access === 'public') return undefined;
    const caller = node.sessions.caller(token);
    const account = node.ledger.get(accountKey(caller.account));
    const device = node.ledger.get(deviceKey(caller.account, caller.device));
    if (!account || !device || device.revokedAt > 0) throw apiError('session-expired');
    if ((account.status === 'suspended' || account.status === 'rejected') && !WHEN_CLOSED.has(route))
      throw apiError('account-closed', { status: account.status });
    // It stands in the keyring: whoever opens that must show up as a new device before seeing or changing anything.
    if (device.kind === 'sign-in' && route !== routes.submit) throw apiError('sign-in-only');
    if (route.access === 'session') return caller;
    if (account.status !== 'active') throw apiError('account-waiting');
    if (route.access === 'operator' && account.role !== 'operator') throw apiError('operator-only');
    return caller;
  };
}
