import { errorTable } from '@salus/base';

/** What a node refuses beyond what contracts, clouds and encodings refuse. */
export const nodeError = errorTable({
  'already-registered': {
    message: () => 'This person already has an account here.',
    fix: 'Sign in, or ask the operator if that was not you.',
  },
  'email-taken': {
    message: () => 'This e-mail address already has an account here.',
    fix: 'Sign in, or register with another address.',
  },
  'login-refused': {
    message: () => 'E-mail or password is wrong.',
    fix: 'Check both; the password cannot be looked up by anyone.',
  },
  'keyring-conflict': {
    message: () => 'Another device changed the keyring first.',
    fix: 'Fetch the newest keyring, then make the change again.',
  },
  'invitation-unknown': {
    message: () => 'This invitation is not open, or no longer.',
    fix: 'Show a new one on the device that is signed in.',
  },
  'invitation-taken': {
    message: () => 'Somebody has already answered this invitation.',
    fix: 'If that was not you, let nobody in; show a new one on the device that is signed in.',
  },
  'lookup-refused': {
    message: () => 'Patients do not look up other people.',
    fix: 'Sign in as a doctor or an institute.',
  },
  'number-mistyped': {
    message: () => 'This is not a patient number: its check digit does not fit.',
    fix: 'Read it again from the card; two digits may be swapped.',
  },
  'patient-unknown': {
    message: () => 'No patient is found by this.',
    fix: 'Check the number, or the exact name and date of birth.',
  },
  'colleague-unknown': {
    message: () => 'No doctor or institute is found by this address.',
    fix: 'Check the e-mail address, or ask your colleague for the one of their account here.',
  },
  'account-unknown': { message: (f) => `There is no account ${f.account}.`, fix: 'Check the account id.' },
  'operation-wrong-route': {
    message: (f) => `${f.type} needs more than the operation.`,
    fix: `Send it to the route that takes its sealed parts.`,
  },
  'operation-not-yours': {
    message: () => 'The operation is signed by another account than the session.',
    fix: 'Open a session as the signer.',
  },
  'operations-mixed': { message: (f) => `${f.type} is not accepted here.`, fix: 'Send it to its own route.' },
  'envelope-mismatch': {
    message: (f) => `The envelope does not fit its operation: ${f.why}.`,
    fix: 'Seal the record again and send both together.',
  },
  'proof-unsound': { message: () => 'The author’s proof for c1 does not hold.', fix: 'Seal the record again.' },
  'chunk-unknown': {
    message: (f) => `Chunk ${f.chunk} is not stored here, or not part of this record.`,
    fix: 'Upload it first, or ask for chunks of the version you opened.',
  },
  'slot-taken': { message: (f) => `Slot ${f.slot} is already used.`, fix: 'Make new slot ids and seal again.' },
  'upload-changed': {
    message: () => 'The upload is not what the device signed.',
    fix: 'Send it again; something between device and server changed it.',
  },
  'slot-refused': {
    message: (f) => `Slot ${f.slot} does not belong to this read.`,
    fix: 'Search again; use the slot that the entry names.',
  },
  'slots-not-yours': {
    message: (f) => `Slots of record ${f.record} come from its patient or author only.`,
    fix: 'Ask the patient.',
  },
  'lock-box-refused': {
    message: (f) => `A lock box is refused: ${f.why}.`,
    fix: 'Seal the locks again, for this keeper, by this device.',
  },
  'channel-refused': {
    message: (f) => `A search channel is refused: ${f.why}.`,
    fix: 'Open the channel again from this device.',
  },
  'entry-taken': {
    message: () => 'A search label is already used.',
    fix: 'Never reuse a counter; reserve new ones and send again.',
  },
  'read-mismatch': {
    message: (f) => `What was revealed does not fit the committed read: ${f.why}.`,
    fix: 'Open again with a new operation.',
  },
  'read-stale': {
    message: () => 'The read was committed too long ago to be answered.',
    fix: 'Open again with a new operation.',
  },
  'rows-refused': { message: (f) => `Delegation rows are refused: ${f.why}.`, fix: 'Make the delegation again.' },
  'genesis-mismatch': {
    message: () => 'This folder belongs to another network or its keys do not fit its genesis.',
    fix: 'Point the node at the right folder, or restore the keys from the sealed backup.',
  },
  'node-running': {
    message: (f) => `A node is already running on this folder (process ${f.pid}).`,
    fix: 'Stop it first.',
  },
  'restored-waiting': {
    message: (f) =>
      `The hospital’s server was restored from a backup; nothing of this patient is opened before the ${f.waitingFor} has been in contact.`,
    fix: 'The patient and the operator each sign in once on a device they used before; then try again.',
  },
  'not-restored': { message: () => 'This server was not restored from a backup.', fix: 'There is nothing to show it.' },
  'shown-refused': {
    message: (f) => `What was shown does not count: ${f.why}.`,
    fix: 'Show the newest header from a device that was in use before the backup was made.',
  },
  'content-missing': {
    message: () => 'What belongs to this operation was lost with the backup.',
    fix: 'Make it again: add the record, or share with the colleague, anew.',
  },
  'backup-unreadable': {
    message: (f) => `The backup cannot be read: ${f.why}.`,
    fix: 'Take an older set of this place, or the newest of another place.',
  },
  'backup-foreign': {
    message: (f) => `${f.set} was not made under this recovery key, or was altered.`,
    fix: 'Take the recovery key of that backup. A place for backups belongs to one node and one recovery key.',
  },
  'backup-none': {
    message: () => 'There is no backup in this place.',
    fix: 'Check its description; where it is right, its provider lost or withholds what was there.',
  },
  'backup-unknown': { message: (f) => `There is no backup ${f.set}.`, fix: 'Look at `salus backup list`.' },
  'backup-unnamed': {
    message: (f) => `Which backup is meant? node.json has: ${f.names}.`,
    fix: 'Name one of them, or say another place with --at; see docs/operate/backup.md.',
  },
  'backup-running': {
    message: (f) => `The backup ${f.name} is being made already (process ${f.pid}).`,
    fix: 'Wait until it has ended.',
  },
  'backup-stopped': {
    message: () => 'The backup was broken off because the node is being stopped.',
    fix: 'Nothing is to be done: the next one goes on from there.',
  },
  'backup-key-missing': {
    message: () => 'This node has nothing to seal backups with.',
    fix: 'Run `salus backup key` with the recovery key of its founding, or with --new where that is lost.',
  },
  'store-config': {
    message: (f) => `The description of the store is wrong at ${f.path}.`,
    fix: 'Compare it with docs/operate/clouds.md.',
  },
  'stores-unreadable': {
    message: (f) => `No stores can be read from ${f.file}: ${f.why}.`,
    fix: 'Describe them as in node.json: see docs/operate/clouds.md.',
  },
  'storage-key-missing': {
    message: () => 'The node’s tagging key is not the one that the ledger names, or none is set up.',
    fix: 'Have the operator set storage checks up: `salus audit setup`.',
  },
  'tagging-failed': {
    message: (f) => `The tagging process ended: ${f.why}.`,
    fix: 'Look at the log; it is started again with the next round.',
  },
  'audit-not-asked': {
    message: (f) => `Audit ${f.audit} asks nothing yet, or no longer.`,
    fix: 'Begin an audit and show its nonce; then ask for the proof.',
  },
  'audit-given-up': {
    message: () => 'The audit was given up before it was proven.',
    fix: 'Begin another.',
  },
  'folder-not-empty': { message: (f) => `${f.directory} is not empty.`, fix: 'Restore into an empty folder.' },
});
