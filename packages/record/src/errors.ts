import { errorTable } from '@salus/base';

export const recordError = errorTable({
  'does-not-open': {
    message: () => 'The record does not open.',
    fix: 'Fetch it again; if it stays, tell your hospital. Nothing was changed.',
  },
  'body-damaged': {
    message: (f) => `Part ${f.part} of the record is not what its author sealed.`,
    fix: 'Fetch it again; the stores repair damage by themselves.',
  },
  'file-oversized': {
    message: (f) => `This file is larger than ${f.limitGiB} GiB.`,
    fix: 'Split it, or ask your hospital to send it.',
  },
  'vitals-empty': { message: () => 'No value was given.', fix: 'Give at least one vital sign.' },
  'vitals-unit': {
    message: (f) => `${f.sign} needs its unit; ${f.given} is not one of ${f.known}.`,
    fix: 'Name the unit. Salus never guesses it.',
  },
  'vitals-impossible': {
    message: (f) => `${f.sign} of ${f.value} ${f.unit} cannot be.`,
    fix: 'Check the number and its unit.',
  },
  'vitals-implausible': {
    message: (f) => `${f.sign} of ${f.value} ${f.unit} is unusual.`,
    fix: 'If it is right, confirm it and save again.',
  },
  'topic-unfit': {
    message: (f) => `“${f.topic}” cannot be a topic.`,
    fix: 'Use a few words of fewer than 64 bytes.',
  },
  'too-many-topics': {
    message: (f) => `A record has at most ${f.limit} topics.`,
    fix: 'Choose fewer; every word stays searchable.',
  },
});
