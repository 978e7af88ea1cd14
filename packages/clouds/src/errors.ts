import { errorTable } from '@salus/base';

/** Every error that clouds and their drivers cause. */
export const cloudsError = errorTable({
  'object-name': {
    message: () => 'That is no name of an object.',
    fix: 'Use 1 to 200 of 0-9 a-z / . - without empty, "." or ".." parts.',
  },
  'object-unknown': {
    message: (facts) => `The store has no object ${facts.name}.`,
    fix: 'List the store, or let repair rebuild the object.',
  },
  'store-read-only': {
    message: () => 'This store is only being looked at.',
    fix: 'Nothing is to be done: what looks at a copy of a running node changes nothing.',
  },
  'object-oversized': {
    message: (facts) => `The store sent more than the ${facts.limitBytes} bytes expected.`,
    fix: 'Check the store; it does not hold what was written.',
  },
  'store-full': {
    message: () => 'The store has no room left.',
    fix: 'Give the store more room, or add another store.',
  },
  'store-unavailable': {
    message: (facts) => `The store did not do its work: ${facts.why}.`,
    fix: 'Check the connection, address and credentials of the store.',
  },
  'store-slow': {
    message: (facts) => `The store did not answer within ${facts.timeoutMs} ms.`,
    fix: 'Check the connection to the store.',
  },
  'store-credentials': {
    message: (facts) => `The store refused the credentials: ${facts.why}.`,
    fix: 'Check the credentials that node.json points to, and what they may do with this store.',
  },
  'store-certificate': {
    message: (facts) => `The store is not who it should be: ${facts.why}.`,
    fix: 'Check its address and certificate; for a private authority, name its certificate as caFile.',
  },
  'store-throttled': {
    message: (facts) => `The store asks for fewer calls, and to wait ${facts.waitMs} ms.`,
    fix: 'Wait; where it happens often, set callsPerSecond for this store.',
  },
  'object-changed': {
    message: (facts) => `Object ${facts.name} was replaced while it was read.`,
    fix: 'Read it again.',
  },
  'credentials-unusable': {
    message: (facts) => `The credentials of store ${facts.store} cannot be used: ${facts.why}.`,
    fix: 'Give a JSON file that its owner alone can read (chmod 600), or an environment variable; see docs/operate/clouds.md.',
  },
  'shard-malformed': {
    message: (facts) => `An object is not a shard: ${facts.why}.`,
    fix: 'Let repair rebuild it; compare with spec/stripes.md.',
  },
  'chunk-hash': {
    message: (facts) => `Chunk ${facts.chunk} has other bytes than its hash says.`,
    fix: 'Send the chunk again.',
  },
  'chunk-size': {
    message: (facts) => `A chunk has ${facts.sizeBytes} bytes; 1 to ${facts.limitBytes} are taken.`,
    fix: 'Cut the file into smaller chunks.',
  },
  'chunk-count': {
    message: (facts) => `${facts.count} chunks at once; at most ${facts.limit} are taken.`,
    fix: 'Split the call.',
  },
  'chunk-unknown': {
    message: (facts) => `No cloud was given chunk ${facts.chunk}.`,
    fix: 'Upload it, or rebuild the placement from the stores.',
  },
  'chunk-misplaced': {
    message: (facts) => `Something else lies where chunk ${facts.chunk} should be.`,
    fix: 'Rebuild the placement from the stores: start the node without its database, or restore a backup.',
  },
  'clouds-unavailable': {
    message: (facts) => `${facts.reached} shards of a stripe could be reached; ${facts.needed} are needed.`,
    fix: 'Bring the missing stores back, then try again.',
  },
  'store-known': {
    message: (facts) => `There is a store ${facts.store} already.`,
    fix: 'Choose another name.',
  },
  'store-unknown': {
    message: (facts) => `There is no store ${facts.store}.`,
    fix: 'Look at the list of stores.',
  },
  'store-not-draining': {
    message: (facts) => `The store ${facts.store} is not being emptied.`,
    fix: 'Begin to empty it first.',
  },
  'store-in-use': {
    message: (facts) => `The store ${facts.store} still has ${facts.shards} pieces.`,
    fix: 'Empty it first; or, where it is gone for good, remove it as lost, and its pieces are made again elsewhere.',
  },
  'stores-too-few': {
    message: (facts) => `Only ${facts.others} pieces of a stripe would find a store; it has ${facts.needed}.`,
    fix: 'Add another store first, or allow more pieces in one region.',
  },
  'clouds-closed': {
    message: () => 'The clouds are being closed.',
    fix: 'Try again when the node is up.',
  },
});
