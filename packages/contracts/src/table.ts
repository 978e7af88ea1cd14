import { accountActivate } from './operations/accountActivate.ts';
import { accountRegister } from './operations/accountRegister.ts';
import { accountReject } from './operations/accountReject.ts';
import { accountResume } from './operations/accountResume.ts';
import { accountRotate } from './operations/accountRotate.ts';
import { accountSuspend } from './operations/accountSuspend.ts';
import { assignmentEnd } from './operations/assignmentEnd.ts';
import { assignmentStart } from './operations/assignmentStart.ts';
import { auditBegin } from './operations/auditBegin.ts';
import { auditResult } from './operations/auditResult.ts';
import { auditReveal } from './operations/auditReveal.ts';
import { consentGive } from './operations/consentGive.ts';
import { consentRevoke } from './operations/consentRevoke.ts';
import { delegationEnd } from './operations/delegationEnd.ts';
import { delegationMake } from './operations/delegationMake.ts';
import { deviceAdd } from './operations/deviceAdd.ts';
import { deviceRevoke } from './operations/deviceRevoke.ts';
import { nodeRestored } from './operations/nodeRestored.ts';
import { readOpen } from './operations/readOpen.ts';
import { recordCommit } from './operations/recordCommit.ts';
import { recordGeneration } from './operations/recordGeneration.ts';
import { recordUpdate } from './operations/recordUpdate.ts';
import { requestMake } from './operations/requestMake.ts';
import { requestReject } from './operations/requestReject.ts';
import { requestVerify } from './operations/requestVerify.ts';
import { requestWithdraw } from './operations/requestWithdraw.ts';
import { storageCommit } from './operations/storageCommit.ts';
import { storageKey } from './operations/storageKey.ts';
import { storageRepaired } from './operations/storageRepaired.ts';
import { storageRetire } from './operations/storageRetire.ts';

/** Every operation there is, by its type on the wire. */
export const contracts = {
  'account.register': accountRegister,
  'account.activate': accountActivate,
  'account.reject': accountReject,
  'account.suspend': accountSuspend,
  'account.resume': accountResume,
  'account.rotate': accountRotate,
  'device.add': deviceAdd,
  'device.revoke': deviceRevoke,
  'assignment.start': assignmentStart,
  'assignment.end': assignmentEnd,
  'record.commit': recordCommit,
  'record.update': recordUpdate,
  'record.generation': recordGeneration,
  'request.make': requestMake,
  'request.verify': requestVerify,
  'request.reject': requestReject,
  'request.withdraw': requestWithdraw,
  'consent.give': consentGive,
  'consent.revoke': consentRevoke,
  'delegation.make': delegationMake,
  'delegation.end': delegationEnd,
  'read.open': readOpen,
  'node.restored': nodeRestored,
  'storage.key': storageKey,
  'storage.commit': storageCommit,
  'storage.retire': storageRetire,
  'storage.repaired': storageRepaired,
  'audit.begin': auditBegin,
  'audit.reveal': auditReveal,
  'audit.result': auditResult,
} as const;
