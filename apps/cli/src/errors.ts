import { errorTable } from '@salus/base';

export const cliError = errorTable({
  'command-unknown': { message: (f) => `There is no command ${f.command}.`, fix: 'Run `salus --help` for the list.' },
  'argument-missing': {
    message: (f) => `${f.argument} is missing.`,
    fix: 'Run the command with --help for an example.',
  },
  'argument-wrong': { message: (f) => `${f.why}`, fix: 'Run the command with --help for an example.' },
  'digits-differ': {
    message: () => 'These are not the digits of the device that answered. Nobody was let in.',
    fix: 'Run it again, and answer it from your own device only.',
  },
  'password-missing': {
    message: () => 'A password is needed and nobody is here to type it.',
    fix: 'Set SALUS_PASSWORD, or run it in a terminal.',
  },
  'file-unreadable': {
    message: (f) => `${f.file} cannot be read: ${f.why}.`,
    fix: 'Check the name and the permissions.',
  },
  'node-failed': {
    message: (f) => `The node did not start: ${f.why}.`,
    fix: 'Look at node/log/node.log in its home folder.',
  },
});
