import type { Bytes } from '@salus/base';
import type { StoreConfig } from '@salus/clouds';

/** What the node asks its tagging process; each is answered in its turn. */
export type TaggingRequest =
  | { kind: 'open'; home: string; directory: string; organisation: string }
  | { kind: 'tag'; home: string; store: StoreConfig; object: string; sizeBytes: number };

/** The public side of the tagging key. */
export interface TaggingKeys {
  /** 96 bytes each. */
  certificate: Bytes;
  registrar: Bytes;
  alphaKey: Bytes;
  /** 2,047 points of 48 bytes. */
  commitmentKey: Bytes[];
}

/** Tags of an object's blocks, 48 bytes each, and the blocks' leaf hashes, 32 bytes each, one behind the other. */
export interface Tagged {
  tags: Bytes;
  leaves: Bytes;
}

/** `untagged`: the store has no such object, has another under its name, or did not answer. `failed`: the process is of no use. */
export type TaggingAnswer =
  | { opened: TaggingKeys }
  | { tagged: Tagged }
  | { untagged: 'missing' | 'damaged' | 'away' }
  | { failed: string };
