import type { Command } from '../command.ts';
import { assignCommand, consent, delegateCommand, request, revoke, verifyRequestCommand } from './access.ts';
import {
  accountCreate,
  accountDevices,
  accountList,
  accountLogin,
  accountReject,
  accountResume,
  accountShow,
  accountSuspend,
  approve,
} from './account.ts';
import { auditList, auditRun, auditSetup, auditVerify } from './audit.ts';
import { backupKey, backupList, backupNow, backupRemove, backupVerify } from './backup.ts';
import { clouds, cloudsAdd, cloudsDrain, cloudsList, cloudsPlace, cloudsRemove, cloudsRepair } from './clouds.ts';
import { demo } from './demo.ts';
import { accountInvite, accountJoin } from './invitation.ts';
import { log, verify } from './ledger.ts';
import { nodePutBack, nodeStart } from './node.ts';
import { recordAdd, recordList, recordOpen, recordShow, recordUpdate } from './record.ts';
import { backupRehearse } from './rehearse.ts';
import { restoreCommand } from './restore.ts';
import { accountAcceptRestored, accountKeyring } from './restored.ts';
import { search } from './search.ts';
import { start } from './start.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  start,
  demo,
  nodeStart,
  nodePutBack,
  backupKey,
  backupNow,
  backupList,
  backupVerify,
  backupRemove,
  backupRehearse,
  restoreCommand,
  accountCreate,
  accountLogin,
  accountInvite,
  accountJoin,
  accountShow,
  accountDevices,
  accountAcceptRestored,
  accountKeyring,
  accountList,
  approve,
  accountReject,
  accountSuspend,
  accountResume,
  assignCommand,
  recordAdd,
  recordList,
  recordOpen,
  recordShow,
  recordUpdate,
  request,
  verifyRequestCommand,
  consent,
  search,
  delegateCommand,
  revoke,
  log,
  verify,
  clouds,
  cloudsList,
  cloudsAdd,
  cloudsPlace,
  cloudsDrain,
  cloudsRemove,
  cloudsRepair,
  auditSetup,
  auditRun,
  auditVerify,
  auditList,
];
