import { apiError, LIMITS, type ParsedBodyOf, type Routes } from '@salus/api';
import { type Bytes, equal } from '@salus/base';
import { accountKey, isRejection, parseOperation } from '@salus/contracts';
import { keyringMessage, sha256, verifySignature } from '@salus/schemes/keyless';
import type { NodeContext } from './context.ts';
import { isTaken } from './database/open.ts';
import { nodeError } from './errors.ts';
import { isNumber, newNumber } from './number.ts';
import type { Caller } from './sessions.ts';
import { callerKey, operationOf, receiptOf, submit } from './submission.ts';

type Registration = ParsedBodyOf<Routes['register']>;

/**
 * Registers an account: the person's row and keyring first, then the operation. A row whose operation the ledger does not
 * hold belongs to a registration under way: a refused one removes its own, a crash's are swept at the next start. Throws
 * `already-registered`, `email-taken`, or a rejection.
 */
export async function register(node: NodeContext, registration: Registration) {
  const { operation } = parseOperation(registration.operation);
  const caller = { account: operation.account, device: operation.device };
  const signed = operationOf(registration.operation, caller, 'account.register');
  const { role } = signed.operation.body;
  const before = await node.database
    .selectFrom('account')
    .selectAll()
    .where('account', '=', caller.account)
    .executeTakeFirst();
  if (before && node.ledger.operation(before.operation)?.signed.operation.id === operation.id) {
    return { number: before.number, receipt: await receiptOf(node, operation.id) };
  }
  await needUnknown(node, registration, role);
  const number = await keepAccount(node, caller, registration, role, operation.id);
  try {
    return { number, receipt: await submit(node, registration.operation, operation.id) };
  } catch (thrown) {
    if (isRejection(thrown) && !node.ledger.operation(operation.id)) await forgetAccount(node, caller.account);
    throw thrown;
  }
}

async function needUnknown(node: NodeContext, { handle, person }: Registration, role: string): Promise<void> {
  const same = await node.database
    .selectFrom('account')
    .select(['account', 'person', 'role'])
    .where((e) => e.or([e('handle', '=', handle), e.and([e('person', '=', person), e('role', '=', role)])]))
    .execute();
  for (const row of same) {
    // A registration that was rejected does not block the person from trying again with another address.
    if (node.ledger.get(accountKey(row.account))?.status === 'rejected') await releaseAccount(node, row.account);
    else throw nodeError(equal(row.person, person) && row.role === role ? 'already-registered' : 'email-taken');
  }
}

async function keepAccount(
  node: NodeContext,
  { account }: Caller,
  registration: Registration,
  role: string,
  operation: string,
): Promise<string> {
  const { handle, person, ownerBox, registrarBox, keyring } = registration;
  for (let tries = 0; ; tries++) {
    const number = newNumber(node.random, tries);
    try {
      await node.database.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('account')
          .values({
            account,
            number,
            role,
            operation,
            handle,
            person,
            owner_box: ownerBox,
            registrar_box: registrarBox,
            registered_at: node.now(),
          })
          .execute();
        await transaction
          .insertInto('keyring')
          .values({ account, handle, ...keyring })
          .execute();
      });
      return number;
    } catch (thrown) {
      if (!isTaken(thrown)) throw thrown;
      const taken = await node.database
        .selectFrom('account')
        .select('number')
        .where('number', '=', number)
        .executeTakeFirst();
      // Another registration of the same person was faster; or the number was taken and the next is tried.
      if (!taken) throw nodeError('already-registered');
    }
  }
}

/** Removes an account that the ledger does not know. */
export async function forgetAccount(node: Pick<NodeContext, 'database'>, account: string): Promise<void> {
  await node.database.deleteFrom('keyring').where('account', '=', account).execute();
  await node.database.deleteFrom('account').where('account', '=', account).execute();
}

/** A rejected account keeps its row, under indexes that nobody can look up. */
async function releaseAccount(node: NodeContext, account: string): Promise<void> {
  const unfindable = node.random(32);
  await node.database.deleteFrom('keyring').where('account', '=', account).execute();
  await node.database
    .updateTable('account')
    .set({ handle: unfindable, person: unfindable })
    .where('account', '=', account)
    .execute();
}

/** My own account. The operator named in the genesis has no registration and no number. */
export async function me(node: NodeContext, caller: Caller) {
  const held = node.ledger.get(accountKey(caller.account));
  if (!held) throw nodeError('account-unknown', { account: caller.account });
  const row = await node.database
    .selectFrom('account')
    .selectAll()
    .where('account', '=', caller.account)
    .executeTakeFirst();
  return {
    account: caller.account,
    role: held.role,
    status: held.status,
    number: row?.number ?? '',
    registeredAt: row?.registered_at ?? 0,
    ownerBox: row?.owner_box ?? new Uint8Array(0),
  };
}

export async function listAccounts(node: NodeContext, asked: ParsedBodyOf<Routes['listAccounts']>) {
  const accounts = [];
  let after = asked.after ?? '';
  for (;;) {
    let query = node.database.selectFrom('account').selectAll().where('account', '>', after);
    if (asked.account) query = query.where('account', '=', asked.account);
    const rows = await query.orderBy('account').limit(LIMITS.page).execute();
    for (const row of rows) {
      after = row.account;
      const held = node.ledger.get(accountKey(row.account));
      if (!held || (asked.status && held.status !== asked.status) || (asked.role && held.role !== asked.role)) continue;
      accounts.push({
        account: row.account,
        role: held.role,
        status: held.status,
        number: row.number,
        registeredAt: row.registered_at,
        registrarBox: row.registrar_box,
      });
      if (accounts.length === LIMITS.page) return { accounts, next: after };
    }
    if (rows.length < LIMITS.page) return { accounts, next: null };
  }
}

/** Active patients only; unknown and not active look alike. */
export async function findPatient(node: NodeContext, caller: Caller, asked: ParsedBodyOf<Routes['findPatient']>) {
  if (node.ledger.get(accountKey(caller.account))?.role === 'patient') throw nodeError('lookup-refused');
  const number = asked.number?.replace(/[\s-]/g, '');
  if (number !== undefined && !isNumber(number)) throw nodeError('number-mistyped');
  const query = node.database.selectFrom('account').select(['account', 'number']).where('role', '=', 'patient');
  const row = number
    ? await query.where('number', '=', number).executeTakeFirst()
    : asked.person && (await query.where('person', '=', asked.person).executeTakeFirst());
  if (!row || node.ledger.get(accountKey(row.account))?.status !== 'active') throw nodeError('patient-unknown');
  return row;
}

/** Active doctors and institutes only; patients, unknown and not active look alike. */
export async function findColleague(
  node: NodeContext,
  caller: Caller,
  { handle }: ParsedBodyOf<Routes['findColleague']>,
) {
  if (node.ledger.get(accountKey(caller.account))?.role === 'patient') throw nodeError('lookup-refused');
  const row = await node.database
    .selectFrom('account')
    .select('account')
    .where('handle', '=', handle)
    .executeTakeFirst();
  const held = row && node.ledger.get(accountKey(row.account));
  if (held?.status !== 'active' || (held.role !== 'doctor' && held.role !== 'institute'))
    throw nodeError('colleague-unknown');
  return { account: row!.account, role: held.role };
}

/** Replaces a keyring, if it is still the one the device knows. */
export async function replaceKeyring(node: NodeContext, caller: Caller, asked: ParsedBodyOf<Routes['replaceKeyring']>) {
  const held = await node.database
    .selectFrom('keyring')
    .selectAll()
    .where('account', '=', caller.account)
    .executeTakeFirst();
  const message = keyringMessage(node.network, asked.replaces, asked.keyring);
  if (!(await verifySignature(callerKey(node, caller), message, asked.signature))) throw apiError('session-refused');
  const known: Bytes = held ? sha256(held.wrapped) : new Uint8Array(32);
  if (!equal(known, asked.replaces)) throw nodeError('keyring-conflict');
  const handle = asked.handle ?? held?.handle;
  if (!handle) throw nodeError('keyring-conflict');
  try {
    await node.database
      .insertInto('keyring')
      .values({ account: caller.account, handle, ...asked.keyring })
      .onConflict((c) => c.column('account').doUpdateSet({ handle, ...asked.keyring }))
      .execute();
  } catch (thrown) {
    throw isTaken(thrown) ? nodeError('email-taken') : thrown;
  }
  return { done: true };
}
