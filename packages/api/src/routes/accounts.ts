import { field } from '@salus/base';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { route } from '../route.ts';
import { wire } from '../wire.ts';
import { keyringRecord } from './keyring.ts';
import { letter, receipt } from './ledger.ts';
import { nothing } from './network.ts';

const role = z.enum(['patient', 'doctor', 'institute', 'operator']);
const status = z.enum(['waiting', 'active', 'rejected', 'suspended']);
const sealed = () => wire.bytesUpTo(LIMITS.letterBytes);

/** What others may see of an account: no name. Registrars also get the profile sealed to them. */
export const listedAccount = z.strictObject({
  account: field.id(),
  role,
  status,
  number: z.string(),
  registeredAt: field.timeMs(),
  registrarBox: z.optional(sealed()),
});

/**
 * Registers an account: the signed operation, the profile sealed to its owner and to the registrar, the keyring, and two
 * look-up indexes: of the e-mail (`handle`) and of the person (`person`), by which a second registration is refused.
 */
export const register = route({
  method: 'POST',
  path: '/accounts',
  access: 'public',
  summary: 'Register an account',
  body: z.strictObject({
    operation: wire.operation(),
    handle: wire.bytes(32),
    person: wire.bytes(32),
    ownerBox: sealed(),
    registrarBox: sealed(),
    keyring: keyringRecord,
  }),
  reply: z.strictObject({ number: z.string(), receipt }),
  perMinute: 30,
});

export const me = route({
  method: 'GET',
  path: '/accounts/me',
  access: 'session',
  summary: 'My account',
  body: nothing,
  reply: listedAccount.omit({ registrarBox: true }).extend({ ownerBox: sealed() }),
});

export const listAccounts = route({
  method: 'GET',
  path: '/accounts',
  access: 'operator',
  summary: 'Accounts by status and role',
  body: z.strictObject({
    status: status.optional(),
    role: role.optional(),
    account: field.id().optional(),
    after: field.id().optional(),
  }),
  reply: z.strictObject({ accounts: z.array(listedAccount), next: z.nullable(field.id()) }),
});

/** By number, or by look-up index of name and birth date. Exact only, rate-limited. */
export const findPatient = route({
  method: 'POST',
  path: '/patients/find',
  access: 'active',
  summary: 'Find a patient by number, or by name and birth date',
  body: z.strictObject({ number: z.string().max(20).optional(), person: wire.bytes(32).optional() }),
  reply: z.strictObject({ account: field.id(), number: z.string() }),
  perMinute: 30,
});

/** By look-up index of the e-mail address. Exact only, rate-limited; patients and unknown addresses look alike. */
export const findColleague = route({
  method: 'POST',
  path: '/colleagues/find',
  access: 'active',
  summary: 'Find a doctor or an institute by e-mail address',
  body: z.strictObject({ handle: wire.bytes(32) }),
  reply: z.strictObject({ account: field.id(), role: z.enum(['doctor', 'institute']) }),
  perMinute: 30,
});

/** Assigned patients of a doctor, assigned doctors of a patient. */
export const assignments = route({
  method: 'GET',
  path: '/assignments',
  access: 'active',
  summary: 'Who is assigned to me, or to whom I am',
  body: nothing,
  reply: z.strictObject({ assignments: z.array(z.strictObject({ doctor: field.id(), patient: field.id() })) }),
});

export const letters = route({
  method: 'GET',
  path: '/letters',
  access: 'session',
  summary: 'Letters sealed to me, oldest first',
  body: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
  reply: z.strictObject({
    letters: z.array(
      letter.omit({ to: true }).extend({
        number: field.uint(),
        from: field.id(),
        operation: field.id(),
        time: field.timeMs(),
      }),
    ),
  }),
});

/** Requests that concern me: mine as a doctor, about me as a patient, all for an operator. Values as in the state. */
export const requests = route({
  method: 'GET',
  path: '/requests',
  access: 'session',
  summary: 'Requests for access that concern me',
  body: z.strictObject({ after: field.id().optional() }),
  reply: z.strictObject({
    requests: z.array(
      z.strictObject({
        request: field.id(),
        doctor: field.id(),
        patient: field.id(),
        purpose: z.string(),
        commitment: wire.bytes(32),
        groups: z.array(z.string()),
        until: field.timeMs(),
        status: z.enum(['waiting', 'verified', 'approved', 'rejected', 'expired', 'withdrawn']),
        expiresAt: field.timeMs(),
        madeAt: field.timeMs(),
      }),
    ),
    next: z.nullable(field.id()),
  }),
});
