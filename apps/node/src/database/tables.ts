import type { Bytes } from '@salus/base';
import type { Generated } from 'kysely';

/**
 * What a node holds beside ledger and clouds: sealed objects, lock shares, placement. A row that belongs to an operation
 * names it and counts only once the ledger holds that operation, so a crash between the two leaves nothing half done.
 */
export interface Tables {
  account: {
    account: string;
    number: string;
    role: string;
    operation: string;
    handle: Bytes;
    person: Bytes;
    owner_box: Bytes;
    registrar_box: Bytes;
    registered_at: number;
  };
  keyring: { account: string; handle: Bytes; registration: string; wrapped: Bytes };
  letter: {
    number: Generated<number>;
    recipient: string;
    sender: string;
    kind: string;
    operation: string;
    sealed: Bytes;
    time: number;
  };
  /** What the ledger says, by whom it concerns; rebuilt from the blocks when lost. */
  projection: { height: number };
  request: { request: string; doctor: string; patient: string; made_at: number };
  assignment: { doctor: string; patient: string };
  delegation: { delegation: string; maker: string; recipient: string; keys_version: number };
  account_keys: { account: string; version: number; B: Bytes; box_key: Bytes };
  delegation_patient: { delegation: string; patient: string };
  /** One record, field group and generation. */
  record: {
    number: Generated<number>;
    operation: string;
    record: string;
    grp: string;
    generation: number;
    patient: string;
    author: string;
    owner_box: Bytes;
  };
  version: {
    operation: string;
    record: string;
    grp: string;
    generation: number;
    version: number;
    body_root: Bytes;
    card: Bytes;
    manifest: Bytes;
    chunks: Bytes;
  };
  slot: {
    slot: string;
    record: string;
    grp: string;
    generation: number;
    recipient: string;
    kind: string;
    e: Bytes | null;
    value: Bytes;
    keys_version: number;
  };
  /** The keeper's shares, each sealed under the keeper's own key and its label. */
  share: { slot: string; sealed: Bytes };
  channel: {
    number: Generated<number>;
    channel: string;
    author: string;
    device: string;
    recipient: string;
    epoch: string;
    encapsulation: Bytes;
    signature: Bytes;
  };
  entry: { label: Bytes; value: Bytes };
  delegation_box: { delegation: string; operation: string; box: Bytes };
  /** Whose device has shown its newest header since a restore. */
  shown: { restoration: string; account: string; device: string; height: number };
  row: { label: Bytes; delegation: string; operation: string; wrapped: Bytes };
  stripe: { stripe: string; k: number; n: number; sealed_bytes: number };
  shard: { stripe: string; idx: number; store: string; object: string | null; size_bytes: number; state: string };
  /** Stripes of which some piece was placed, moved or made again since its pieces were last tagged, and how often. */
  tag_due: { stripe: string; changes: number };
  /** Version of the storage key that the tags are under. */
  tag_key: { version: number };
  /**
   * Tags of a piece's blocks, and the hashes of these, one behind the other; `batch` is its number on the ledger, null
   * before it is committed there. Can be made again from the stores.
   */
  tag: {
    cloud: string;
    object: string;
    stripe: string;
    idx: number;
    size_bytes: number;
    tags: Bytes;
    leaves: Bytes;
    batch: number | null;
  };
  extent: {
    chunk: Bytes;
    chunk_offset: number;
    chunk_bytes: number;
    stripe: string;
    stripe_offset: number;
    length_bytes: number;
  };
}
