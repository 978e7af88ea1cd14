import { errorTable } from '@salus/base';

/** Everything that hostile bytes or an unfit argument can cause in this package. */
export const schemes = errorTable({
  'does-not-open': {
    message: () => 'What was delivered does not open to the committed record.',
    fix: 'Ask for it again; if it repeats, what the node or its lock keepers answered is wrong, or the key is not the one it was sealed for.',
  },
  'point-unsound': {
    message: (facts) => `${facts.what} is not an element of its group that may be used here.`,
    fix: 'Send the compressed encoding of a point of prime order that is not the identity.',
  },
  'scalar-unsound': {
    message: (facts) => `${facts.what} is not a scalar: 32 bytes, big-endian, below the group order.`,
    fix: 'Send the encoding described in spec/schemes.md.',
  },
  'shares-unfit': {
    message: (facts) => `These shares cannot be used together: ${facts.why}.`,
    fix: 'Give shares of one secret with distinct indices from 1, at least as many as its threshold.',
  },
  'topics-too-many': {
    message: (facts) => `A record takes at most ${facts.limit} topic slots for one reader, not ${facts.count}.`,
    fix: 'Choose fewer topics.',
  },
  'box-key-unsound': {
    message: () => 'The X-Wing public key is not usable.',
    fix: 'Fetch the key again from the ledger.',
  },
  'look-up-unfaithful': {
    message: () => 'The node did not answer the look-up under its published key.',
    fix: 'Ask another node and report this one.',
  },
  'channel-refused': {
    message: () => 'The search channel was not signed for these two ends and this epoch.',
    fix: 'Ask its author to open the channel again.',
  },
  'head-refused': {
    message: () => "The count of a channel's entries was not signed by its author for this month.",
    fix: 'Fetch the entries again; if it repeats, the node or the author is at fault.',
  },
  'word-unfit': {
    message: (facts) => `The word cannot be indexed: ${facts.why}.`,
    fix: 'Use a normalised, non-empty word of at most 64 bytes.',
  },
  'not-covered': {
    message: (facts) => `No delegation covers the topic ${facts.topic}.`,
    fix: 'Search a topic that was delegated, or ask for it to be.',
  },
  'row-oversized': {
    message: (facts) => `A sealed row holds at most ${facts.limit} label keys, not ${facts.count}.`,
    fix: 'Split it into rows of fewer months or channels.',
  },
  'proof-length': {
    message: (facts) => `A possession proof has 128 bytes, not ${facts.lengthBytes}.`,
    fix: 'Send T, y and ψ as in spec/possession.md.',
  },
  'certificate-unsound': {
    message: () => 'The registrar’s answer does not certify this organisation’s request.',
    fix: 'Ask the registrar again, with the name as it stands on the ledger.',
  },
  'chunk-bounds': {
    message: () => 'Chunk sizes must be 64 ≤ minimum < mean ≤ maximum, within the limit, the mean a power of two.',
    fix: 'Use the sizes of spec/schemes.md.',
  },
});
