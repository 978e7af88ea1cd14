export { letGo } from '@salus/schemes/keyless';
export {
  type Consenting,
  findColleague,
  findPatient,
  giveConsent,
  grantBetween,
  type KnownRequest,
  listRequests,
  refuseRequest,
  requestAccess,
  revokeConsent,
  withdrawRequest,
} from './access.ts';
export {
  accountState,
  type Created,
  createAccount,
  enrolOperator,
  logIn,
  newOperator,
  renewKeyring,
  revokeDevice,
  whoAmI,
} from './account.ts';
export { readCode, showCode } from './accountCode.ts';
export { type Activity, activityOf, verifyHistory, verifyLedger } from './activity.ts';
export { type Added, addRecords, updateRecord } from './adding.ts';
export { type AssignedPatient, assign, assignedPatients, endAssignment } from './assignments.ts';
export {
  type AuditOutcome,
  type AuditRequest,
  listAudits,
  runAudit,
  setUpStorageChecks,
  tagPieces,
  type VerifiedAudit,
  verifyAuditIn,
  verifyAuditOf,
} from './audits.ts';
export { type CaughtUp, caughtUp, type MissingOperation } from './caughtUp.ts';
export { Client } from './client.ts';
export { addStore, cloudStatus, drainStore, keepStore, placeStore, removeStore, repairClouds } from './clouds.ts';
export type { Content, Progress } from './content.ts';
export {
  type Delegating,
  type DelegationPreview,
  delegate,
  endDelegation,
  listDelegations,
  previewDelegation,
  searchDelegated,
} from './delegating.ts';
export { Device, type Surroundings } from './device.ts';
export { type ListedDevice, myDevices } from './devices.ts';
export { sdkError } from './errors.ts';
export { type HistoryEvent, historyOf, type Somebody } from './history.ts';
export { type Identity, saveIdentity } from './identity.ts';
export { awaitKnock, invite, type Knocking, letIn, type ShownInvitation } from './inviting.ts';
export { type Joining, join } from './joining.ts';
export { myLetters, type ReceivedLetter } from './letters.ts';
export { listen, type NewsItem } from './listening.ts';
export { openFound, underGrants } from './openFound.ts';
export {
  answerRead,
  type CommittedRead,
  commitRead,
  fetchReplies,
  type Opened,
  openRecords,
  prepareRead,
  type Reply,
  type ToOpen,
} from './opening.ts';
export {
  activate,
  type ListedAccount,
  listAccounts,
  rejectAccount,
  resumeAccount,
  suspend,
  verifyRequest,
} from './operator.ts';
export { checkProfile, type Profile } from './profile.ts';
export { type Reader, readersOf } from './readers.ts';
export { myRecord, myRecords, type OwnRecord, openOwn, type Unreadable } from './records.ts';
export { type Rehearsed, type Seen, withoutRefresh } from './rehearsal.ts';
export { acceptRestored, restoredSince } from './restoring.ts';
export { resume } from './resume.ts';
export { type Combination, combine, everythingShared, type Found, searchTopic, searchWords } from './searching.ts';
export { topicWord } from './searchWriter.ts';
export { MemoryStore, type ProfileStore } from './store.ts';
export { storedForm, whereItLies } from './storedForm.ts';
export { Trust } from './trust.ts';
export { vitalsContent } from './vitals.ts';
