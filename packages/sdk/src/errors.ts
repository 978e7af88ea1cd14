import { errorTable } from '@salus/base';

export const sdkError = errorTable({
  'network-changed': {
    message: () => 'This server belongs to another network than the one this profile registered with.',
    fix: 'Check the address. If the hospital moved, ask it; never continue here.',
  },
  'account-unknown': {
    message: (f) => `There is no account ${f.account} on the ledger.`,
    fix: 'Check the account id.',
  },
  'ledger-restored': {
    message: (f) =>
      `Your hospital’s server says that it was restored from a backup of ${f.backup}: it no longer has what this device saw after that.`,
    fix: 'Ask your hospital whether that is so, by telephone or in person. If it is, accept it (salus account accept-restored --yes): this device then sends again what is missing.',
  },
  'not-restored': { message: () => 'This server was not restored from a backup.', fix: 'There is nothing to accept.' },
  'device-forgotten': {
    message: () => 'The server was restored from a backup that is older than this device.',
    fix: 'Accept the restore on a device you used before; then log in here anew, on another profile.',
  },
  'kept-too-little': {
    message: () => 'This device no longer has everything that it would have to send again.',
    fix: 'Use another device of yours; or look at who can see your records, and accept with --incomplete.',
  },
  'not-signed-in': { message: () => 'Nobody is signed in on this profile.', fix: 'Create an account or log in first.' },
  'already-signed-in': { message: () => 'Somebody is signed in on this profile.', fix: 'Use another profile.' },
  'code-wrong': {
    message: () => 'The account code does not open the keyring.',
    fix: 'Check the code on your account sheet, or use a device already signed in.',
  },
  'keyring-older': {
    message: () => 'Another device of yours has newer keys than this one.',
    fix: 'Do it on that device.',
  },
  'code-malformed': {
    message: () => 'This is not an account code.',
    fix: 'Type all of it: eight groups of four characters.',
  },
  'invitation-malformed': {
    message: () => 'This is not an invitation.',
    fix: 'Scan the picture again, or copy the whole address under it.',
  },
  'invitation-tampered': {
    message: () => 'What came back for this invitation is not from the other device.',
    fix: 'Let nobody in. Show a new invitation on the device that is signed in.',
  },
  'answer-dishonest': {
    message: (f) => `The server’s answer does not hold: ${f.why}.`,
    fix: 'Nothing was believed. Try again; if it repeats, tell the hospital.',
  },
  'profile-incomplete': {
    message: (f) => `${f.field} is missing or not in its form.`,
    fix: 'Fill it in and try again.',
  },
  'request-unknown': {
    message: (f) => `There is no request ${f.request} that concerns you.`,
    fix: 'Look at the list of requests.',
  },
  'record-unknown': { message: (f) => `There is no record ${f.record} of yours.`, fix: 'Look at the list of records.' },
  'no-patients': {
    message: () => 'No patient’s consent allows sharing this.',
    fix: 'Ask the patients for consent that lets you share, and with whom.',
  },
  'nothing-stored': {
    message: () => 'Nothing that the stores hold can be checked yet.',
    fix: 'Set storage checks up with `salus audit setup`, and let pieces be tagged.',
  },
  'audit-unknown': {
    message: (f) => `The ledger has no audit ${f.audit}.`,
    fix: 'Look at `salus audit list`, or take a newer copy of the ledger.',
  },
  'nothing-found': { message: () => 'Nothing to open was found.', fix: 'Search with other words, or ask for access.' },
});
