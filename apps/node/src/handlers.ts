import { deviceKey } from '@salus/contracts';
import { oprfEvaluate } from '@salus/schemes/keyless';
import { findColleague, findPatient, listAccounts, me, register, replaceKeyring } from './accounts.ts';
import { fetchChunks } from './chunkFetching.ts';
import { cloudStatus, repairAll } from './cloudCare.ts';
import type { NodeContext } from './context.ts';
import { listDelegations, takeInDelegation } from './delegations.ts';
import { takeInRecords, takeInSlots } from './intake.ts';
import { Invitations } from './invitations.ts';
import { listLetters, submitAll } from './letters.ts';
import { assignmentsOf, channelsOf, eventLines, eventsOf, framedBlocks, requestsOf } from './listings.ts';
import { Logins } from './logins.ts';
import { openRecords } from './reads.ts';
import { missingChunks, ownRecords, putChunks, putOwnerBoxes, storedForm } from './records.ts';
import { resend, showNewest } from './resending.ts';
import { search, searchDelegated } from './searching.ts';
import type { Handlers } from './server.ts';
import { listAudits } from './storage/audits.ts';
import { answerAudit } from './storage/prover.ts';
import { recordPieces } from './storage/recordPieces.ts';
import { VERSION } from './version.ts';

/** The key of a device that may open a session: known, not revoked, and a person's. */
function unrevokedKey(node: NodeContext, { account, device }: { account: string; device: string }) {
  const held = node.ledger.get(deviceKey(account, device));
  return held && held.revokedAt === 0 && held.kind !== 'node' ? held.key : undefined;
}

/** A hundred stripes: a step of a slow cloud is still done within some minutes. */
const PAGES_PER_STEP = 2;

/** What each route does: one line a route, in the order of the table in the api. */
export function handlersOf(node: NodeContext): Handlers {
  const logins = new Logins(node);
  const invitations = new Invitations(node);
  const { ledger } = node;
  return {
    network: async () => ({
      genesis: node.genesisBytes,
      version: VERSION,
      keepFrom: await node.keepFrom(),
      restoration: node.restoration.statement,
    }),
    challenge: () => ({ nonce: node.sessions.challenge() }),
    openSession: (body) => node.sessions.open(body, unrevokedKey(node, body)),
    closeSession: (_, { token }) => {
      node.sessions.close(token);
      return { done: true };
    },
    lookup: ({ query }) => ({ part: oprfEvaluate(node.secrets.lookups, query) }),
    events: (_, { caller, signal }) => eventLines(node, caller, signal),
    startPassword: (body) => logins.startPassword(body),
    startLogin: (body) => logins.start(body),
    finishLogin: (body) => logins.finish(body),
    replaceKeyring: (body, { caller }) => replaceKeyring(node, caller, body),
    invite: ({ invitation }, { caller }) => invitations.open(invitation, caller),
    knock: ({ invitation, sealed }) => invitations.knock(invitation, sealed),
    awaitKnock: ({ invitation }, { caller, signal }) => invitations.awaitKnock(invitation, caller, signal),
    welcome: ({ invitation, sealed }, { caller }) => invitations.welcome(invitation, caller, sealed),
    awaitWelcome: ({ invitation }, { signal }) => invitations.awaitWelcome(invitation, signal),
    register: (body) => register(node, body),
    me: (_, { caller }) => me(node, caller),
    listAccounts: (body) => listAccounts(node, body),
    findPatient: (body, { caller }) => findPatient(node, caller, body),
    findColleague: (body, { caller }) => findColleague(node, caller, body),
    assignments: (_, { caller }) => assignmentsOf(node, caller),
    letters: (body, { caller }) => listLetters(node, caller, body.after),
    requests: (body, { caller }) => requestsOf(node, caller, body.after),
    submit: (body, { caller }) => submitAll(node, caller, body),
    head: () => ({ header: ledger.header() }),
    state: ({ keys }) => ledger.prove(keys),
    accountEvents: (body, { params, caller }) => eventsOf(node, caller, params.account ?? '', body.from),
    consistency: ({ from }) => ledger.consistency(from),
    blocks: ({ from }) => framedBlocks(node, from),
    resend: (body, { caller }) => resend(node, caller, body),
    showNewest: (body, { caller }) => showNewest(node, caller, body),
    missingChunks: (body) => missingChunks(node, body),
    putChunks: (body) => putChunks(node, body),
    putRecords: (body, { caller }) => takeInRecords(node, caller, body),
    putSlots: (body, { caller }) => takeInSlots(node, caller, body),
    ownRecords: (body, { caller }) => ownRecords(node, caller, body),
    putOwnerBoxes: (body, { caller }) => putOwnerBoxes(node, caller, body),
    storedForm: (_, { caller, params }) => storedForm(node, caller, params),
    recordPieces: (_, { caller, params }) => recordPieces(node, caller, params),
    fetchChunks: (body, { caller }) => fetchChunks(node, caller, body),
    openRecords: (body, { caller }) => openRecords(node, caller, body),
    search: (body) => search(node, body),
    searchDelegated: (body, { caller }) => searchDelegated(node, caller, body),
    channels: (body, { caller }) => channelsOf(node, caller, body.after),
    delegate: (body, { caller }) => takeInDelegation(node, caller, body),
    delegations: (_, { caller }) => listDelegations(node, caller),
    cloudStatus: () => cloudStatus(node),
    repairClouds: ({ scan }) => repairAll(node, scan),
    addStore: ({ store }) => node.membership.add(store),
    placeStore: ({ name, placement }) => node.membership.prefer(name, placement),
    drainStore: ({ name, draining }) => node.membership.setDraining(name, draining),
    drainStep: ({ name }) => node.membership.drainStep(name),
    removeStore: ({ name, lost }) => node.membership.remove(name, lost),
    storageKey: () => node.storage.setup(),
    tagPieces: () => node.storage.round(PAGES_PER_STEP),
    proveStorage: ({ audit }, { signal }) => answerAudit(node, audit, signal),
    audits: ({ after }) => listAudits(node, after),
  };
}
