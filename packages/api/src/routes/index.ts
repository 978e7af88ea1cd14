import * as accounts from './accounts.ts';
import * as audits from './audits.ts';
import * as clouds from './clouds.ts';
import * as invitations from './invitations.ts';
import * as keyring from './keyring.ts';
import * as ledger from './ledger.ts';
import * as network from './network.ts';
import * as reads from './reads.ts';
import * as records from './records.ts';
import * as restoration from './restoration.ts';
import * as search from './search.ts';

/** Every route of the API, by the name its handler and its client call it. */
export const routes = {
  network: network.network,
  challenge: network.challenge,
  openSession: network.openSession,
  closeSession: network.closeSession,
  lookup: network.lookup,
  events: network.events,
  startPassword: keyring.startPassword,
  startLogin: keyring.startLogin,
  finishLogin: keyring.finishLogin,
  replaceKeyring: keyring.replaceKeyring,
  invite: invitations.invite,
  knock: invitations.knock,
  awaitKnock: invitations.awaitKnock,
  welcome: invitations.welcome,
  awaitWelcome: invitations.awaitWelcome,
  register: accounts.register,
  me: accounts.me,
  listAccounts: accounts.listAccounts,
  findPatient: accounts.findPatient,
  findColleague: accounts.findColleague,
  assignments: accounts.assignments,
  letters: accounts.letters,
  requests: accounts.requests,
  submit: ledger.submit,
  head: ledger.head,
  state: ledger.state,
  accountEvents: ledger.accountEvents,
  consistency: ledger.consistency,
  blocks: ledger.blocks,
  resend: restoration.resend,
  showNewest: restoration.showNewest,
  missingChunks: records.missingChunks,
  putChunks: records.putChunks,
  putRecords: records.putRecords,
  putSlots: records.putSlots,
  ownRecords: records.ownRecords,
  putOwnerBoxes: records.putOwnerBoxes,
  storedForm: records.storedForm,
  recordPieces: records.recordPieces,
  fetchChunks: records.fetchChunks,
  openRecords: reads.openRecords,
  search: search.search,
  searchDelegated: search.searchDelegated,
  channels: search.channels,
  delegate: search.delegate,
  delegations: search.delegations,
  cloudStatus: clouds.cloudStatus,
  repairClouds: clouds.repairClouds,
  addStore: clouds.addStore,
  placeStore: clouds.placeStore,
  drainStore: clouds.drainStore,
  drainStep: clouds.drainStep,
  removeStore: clouds.removeStore,
  storageKey: audits.storageKey,
  tagPieces: audits.tagPieces,
  proveStorage: audits.proveStorage,
  audits: audits.audits,
} as const;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
