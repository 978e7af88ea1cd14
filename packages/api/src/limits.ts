/** Limits that both sides keep. Each names its reason; the node refuses, the sdk splits before sending. */
export const LIMITS = {
  /** An upload request: small enough to send again after a cut connection, large enough for the largest sealed chunk. */
  requestBytes: 8 * 1024 * 1024,
  /** Lines before a body: a token, an address and what browsers add are two thousand. */
  headerBytes: 16 * 1024,
  /** A request that has not ended by then is cut: the largest, on a telephone line. */
  requestMs: 20 * 60_000,
  /**
   * A connection that nobody uses: longer than clients keep one (browsers five minutes, Node.js ten at most), for whoever ends it first
   * must be who might send on it, or a request meets its end.
   */
  keptAliveMs: 11 * 60_000,
  /** Reads in one `open`: an operation of 500 reads stays under 64 KiB. */
  readsPerOpen: 500,
  /** Rows on a page of any list. */
  page: 200,
  /** Records in one upload: their operations fit one block batch. */
  recordsPerUpload: 200,
  /** State keys proven in one answer: about 1 MB of proofs. */
  keysPerProof: 1_000,
  /** Label keys in one search: one per channel and month, for a reader of 1,000 patients. */
  labelKeysPerSearch: 4_096,
  /** Entries that one search returns; the rest comes with the next page. */
  entriesPerSearch: 4_096,
  /** Readers stop after so many missing numbers in a chain (spec/search.md): gaps come from crashes between reservations. */
  labelGap: 64,
  /** A sealed profile, letter or box: a page of text. */
  letterBytes: 16 * 1024,
  /** A sealed card: 200 words, 15 topics and a file name at their longest. */
  cardBytes: 32 * 1024,
  /** The wrapped keyring with the roots of many years. */
  keyringBytes: 64 * 1024,
  /** What passes between a device and one it lets in: a keyring and a box around it. */
  invitationBytes: 72 * 1024,
  /** Long enough to find the other device and scan; short enough that a picture of the screen is soon worth nothing. */
  invitationMs: 5 * 60_000,
  /** An answer that has not come is waited for so long, then asked for again: proxies cut what is silent for a minute. */
  waitMs: 20_000,
  /** Session life, and how long it may rest. */
  sessionMs: 12 * 3_600_000,
  sessionIdleMs: 30 * 60_000,
  /** A challenge is answered within a minute, once. */
  challengeMs: 60_000,
  /** Keepers answer a committed read this long (cryptography section 7). */
  answerMs: 60_000,
  /** Chunks of a read that was answered may be fetched this long: a 16 GiB file on a slow line. */
  fetchMs: 12 * 3_600_000,
} as const;
