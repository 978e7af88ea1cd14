import { type ErrorEntry, errorTable, isSalusError, type SalusError } from '@salus/base';

const table = {
  'operation-network': {
    message: () => 'The operation was signed for another network.',
    fix: 'Sign it with the genesis hash of this network.',
  },
  'operation-id-used': {
    message: (facts) => `Another operation has the id ${facts.id}.`,
    fix: 'Make the operation again under a fresh id.',
  },
  'signature-invalid': {
    message: (facts) => `The signature of operation ${facts.id} does not hold under the device's key.`,
    fix: 'Sign the exact payload bytes with the key of the device that the operation names.',
  },
  'signer-unknown': {
    message: (facts) => `Account ${facts.account} has no device ${facts.device}.`,
    fix: 'Register the account, or add the device, first.',
  },
  'signer-revoked': {
    message: (facts) => `Device ${facts.device} has been revoked.`,
    fix: 'Sign with another device of the account.',
  },
  'signer-kind': {
    message: (facts) => `A device of this kind may not sign ${facts.type}.`,
    fix: 'Sign with a device of a person; with a sign-in device, add one first. What is stored is told by the node’s own device.',
  },
  'role-refused': {
    message: (facts) => `An account that is ${facts.role} may not do this.`,
    fix: 'Have it done by an account of the right kind; operators are named in the genesis.',
  },
  'possession-unproven': {
    message: () => 'The proof does not show possession of the keys A and B for this network and account.',
    fix: 'Prove possession again with the keys that are being registered.',
  },
  'account-exists': {
    message: (facts) => `Account ${facts.account} is registered already.`,
    fix: 'Sign in to it, or register under a fresh id.',
  },
  'account-unknown': {
    message: (facts) => `No ${facts.role} has the account id ${facts.account}.`,
    fix: 'Check the account id.',
  },
  'account-not-waiting': {
    message: (facts) => `Account ${facts.account} is ${facts.status}, not waiting.`,
    fix: 'Look at its present status; only waiting accounts are activated or rejected.',
  },
  'account-not-active': {
    message: (facts) => `Account ${facts.account} is ${facts.status}, not active.`,
    fix: 'Have an operator activate or resume it.',
  },
  'account-not-suspended': {
    message: (facts) => `Account ${facts.account} is ${facts.status}, not suspended.`,
    fix: 'Look at its present status; only suspended accounts are resumed.',
  },
  'device-exists': {
    message: (facts) => `The account has, or had, a device ${facts.device}.`,
    fix: 'Add the device under a fresh id.',
  },
  'device-same': {
    message: () => 'The device and the sign-in device have the same id or key.',
    fix: 'Make two separate keys and ids.',
  },
  'device-limit': {
    message: (facts) => `The account has reached its limit of ${facts.limit} devices.`,
    fix: 'Revoke a device that is no longer used.',
  },
  'device-unknown': {
    message: (facts) => `The account has no device ${facts.device} in use.`,
    fix: 'Look at the list of devices; it may have been revoked already.',
  },
  'device-last': {
    message: () => 'No device would be left that can sign for the account.',
    fix: 'Add another device first.',
  },
  'assignment-unchanged': {
    message: (facts) => `The assignment is ${facts.status} already.`,
    fix: 'Nothing needs to be done.',
  },
  'author-refused': {
    message: (facts) => `Account ${facts.account} may not write this record.`,
    fix: "Patients write their own records; others need the patient's consent or an assignment, and edits are the author's.",
  },
  'record-exists': {
    message: (facts) => `Record ${facts.record} has a ${facts.group} group already.`,
    fix: 'Update it, or commit a new record under a fresh id.',
  },
  'record-unknown': {
    message: (facts) => `No record ${facts.record} has that ${facts.group} group and generation.`,
    fix: 'Check the record id, group and generation.',
  },
  'record-conflict': {
    message: (facts) => `The record is at version ${facts.version}, generation ${facts.generation}.`,
    fix: 'Fetch the newest version, merge the edits, and send the next version.',
  },
  'generation-closed': {
    message: (facts) => `Somebody was cut off since generation ${facts.generation} began.`,
    fix: 'Seal the edit as a new generation.',
  },
  'year-refused': {
    message: (facts) => `The year ${facts.year} is more than a day away from the block's time.`,
    fix: 'Set the clock of the device right and seal again.',
  },
  'request-exists': {
    message: (facts) => `A request has the id ${facts.request} already.`,
    fix: 'Make the request under a fresh id.',
  },
  'request-unknown': {
    message: (facts) => `There is no request ${facts.request}.`,
    fix: 'Check the request id.',
  },
  'request-repeated': {
    message: (facts) => `Request ${facts.request} of the same two is still open.`,
    fix: 'Wait for its outcome, or withdraw it first.',
  },
  'request-not-yours': {
    message: (facts) => `Request ${facts.request} belongs to somebody else.`,
    fix: 'Only its maker withdraws it; only an operator or its patient rejects it.',
  },
  'request-state': {
    message: (facts) => `Request ${facts.request} is ${facts.status}.`,
    fix: 'Look at its present status; this step does not follow from it.',
  },
  'request-expired': {
    message: (facts) => `Request ${facts.request} was not answered in time.`,
    fix: 'Have its maker ask again.',
  },
  'period-refused': {
    message: (facts) => `The period ends at ${facts.until}; it must end after ${facts.after} and by ${facts.latest}.`,
    fix: 'Choose an end within those bounds.',
  },
  'consent-not-yours': {
    message: (facts) => `Request ${facts.request} asks another patient.`,
    fix: 'Only the patient who was asked gives consent.',
  },
  'scope-refused': {
    message: () => 'The consent names field groups that were not asked for.',
    fix: 'Consent to some or all of the requested groups.',
  },
  'reader-limit': {
    message: (facts) => `Patient ${facts.patient} has reached the limit of ${facts.limit} readers.`,
    fix: 'End an access that is no longer needed.',
  },
  'grant-unknown': {
    message: (facts) => `Account ${facts.reader} holds no consent of this patient.`,
    fix: 'Look at the list of those who can read; it may have ended already.',
  },
  'delegation-exists': {
    message: (facts) => `A delegation has the id ${facts.delegation} already.`,
    fix: 'Make the delegation under a fresh id.',
  },
  'delegation-refused': {
    message: (facts) => `The delegation is not allowed: ${facts.why} ${facts.patient}`.trimEnd(),
    fix: "Delegate to an active colleague, within what each patient's consent allows.",
  },
  'delegation-unknown': {
    message: (facts) => `There is no delegation ${facts.delegation} of yours in force.`,
    fix: 'Look at the list of delegations; it may have ended already.',
  },
  'read-refused': {
    message: (facts) => `Record ${facts.record} may not be opened: ${facts.why}.`,
    fix: 'Ask the patient for consent that covers it, or leave it out.',
  },
  'restoration-refused': {
    message: (facts) => `No backup has a block of height ${facts.height} yet.`,
    fix: 'Name the height of the newest block that the restored backup had.',
  },
  'storage-key-unsound': {
    message: () => 'Certificate, registrar or α key is no point of the group.',
    fix: 'Make the key again with the node’s tagging process.',
  },
  'storage-key-unknown': {
    message: () => 'No key for storage checks has been set up.',
    fix: 'Have the operator set it up: `salus audit setup`.',
  },
  'storage-not-yours': {
    message: (facts) => `Device ${facts.device} is not the one that the storage key names.`,
    fix: 'Have the operator set storage checks up again: `salus audit setup`.',
  },
  'pieces-malformed': {
    message: () => 'The list of pieces is not 1 to 1,024 names and lengths in ascending order.',
    fix: 'Write the list as spec/possession.md says.',
  },
  'batch-unknown': {
    message: (facts) => `Store ${facts.cloud} has no batch ${facts.batch} that is not retired.`,
    fix: 'Look at the batches of the store; it may have been retired already.',
  },
  'repairs-repeated': {
    message: () => 'A store is named twice.',
    fix: 'Sum up the pieces of each store.',
  },
  'audit-exists': {
    message: (facts) => `An audit has the id ${facts.audit} already.`,
    fix: 'Begin the audit under a fresh id.',
  },
  'audit-cloud-empty': {
    message: (facts) => `Nothing is committed of store ${facts.cloud}.`,
    fix: 'Leave it out, or wait until its pieces are tagged.',
  },
  'sample-empty': {
    message: () => 'The audit would look at no block.',
    fix: 'Sample at least one block of each store.',
  },
  'audit-unknown': {
    message: (facts) => `There is no audit ${facts.audit}.`,
    fix: 'Check the audit id.',
  },
  'audit-not-yours': {
    message: (facts) => `Audit ${facts.audit} was begun by another device.`,
    fix: 'Only the device that began it goes on with it; begin another.',
  },
  'audit-state': {
    message: (facts) => `Audit ${facts.audit} is ${facts.status}.`,
    fix: 'Look at its present status; this step does not follow from it.',
  },
  'audit-early': {
    message: (facts) => `Audit ${facts.audit} begins in this very block.`,
    fix: 'Reveal the nonce when the block of its begin is known.',
  },
  'nonce-refused': {
    message: (facts) => `The nonce is not what audit ${facts.audit} committed to.`,
    fix: 'Reveal the nonce that was chosen; without it, begin another audit.',
  },
  'verdicts-refused': {
    message: (facts) => `The verdicts do not name the stores of audit ${facts.audit} in their order.`,
    fix: 'Say of each store what was found.',
  },
  'genesis-invalid': {
    message: (facts) => `The genesis is not valid: ${facts.why}.`,
    fix: 'Use the genesis file that the organisation published.',
  },
} satisfies Record<string, ErrorEntry>;

/** Codes that contracts reject with. */
export type ContractCode = keyof typeof table;
/** All of them. */
export const contractCodes = Object.keys(table) as ContractCode[];
/** A rejection: it changes nothing and is not written. */
export type Rejection = SalusError<ContractCode>;

export const contractError = errorTable(table);

/** Whether something thrown is a rejection by a contract. */
export const isRejection = (thrown: unknown): thrown is Rejection => isSalusError(thrown, ...contractCodes);
