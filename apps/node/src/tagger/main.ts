import { type Bytes, concat, fromHex, hex, isSalusError } from '@salus/base';
import { gather, type ObjectStore, type StoreConfig } from '@salus/clouds';
import { Tagger } from '@salus/schemes/gateway';
import { BLOCK_BYTES, initPairing, leafHash, merkleRoot, systemRandom } from '@salus/schemes/keyless';
import type { TaggingAnswer, TaggingKeys, TaggingRequest } from '../storage/taggingMessages.ts';
import { openStoreOf } from '../stores.ts';
import { readOrMakeKeys } from './keys.ts';

/**
 * The tagging process: reads each piece once from its store, checks that it is the one of that name, and tags its blocks.
 * It alone has σ and α; it keeps no data, and speaks to nobody but the node that started it.
 */
class TaggingDesk {
  #tagger: Tagger | undefined;
  readonly #stores = new Map<string, ObjectStore>();

  async answer(request: TaggingRequest): Promise<TaggingAnswer> {
    try {
      if (request.kind === 'open') return { opened: await this.#open(request) };
      return await this.#tag(request);
    } catch (thrown) {
      return { failed: isSalusError(thrown) ? thrown.code : String(thrown) };
    }
  }

  async #open({ directory, organisation }: Extract<TaggingRequest, { kind: 'open' }>): Promise<TaggingKeys> {
    await initPairing();
    const { sigma, alpha, certificate, registrar } = await readOrMakeKeys(directory, organisation, systemRandom);
    this.#tagger = new Tagger({ sigma, alpha });
    sigma.fill(0);
    alpha.fill(0);
    const { alphaKey } = this.#tagger.publicKey;
    return { certificate, registrar, alphaKey, commitmentKey: this.#tagger.commitmentKey() };
  }

  async #tag({ home, store, object, sizeBytes }: Extract<TaggingRequest, { kind: 'tag' }>): Promise<TaggingAnswer> {
    const tagger = this.#tagger;
    if (!tagger) return { failed: 'not opened' };
    const bytes = await this.#read(home, store, object, sizeBytes);
    if (typeof bytes === 'string') return { untagged: bytes };
    const blocks = Array.from({ length: Math.ceil(bytes.length / BLOCK_BYTES) }, (_, i) =>
      bytes.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES),
    );
    const leaves = blocks.map(leafHash);
    // A tag for other bytes under this name would let whoever altered them answer for it.
    if (bytes.length !== sizeBytes || hex(merkleRoot(leaves)) !== object) return { untagged: 'damaged' };
    const root = fromHex(object);
    const tags = blocks.map((block, index) => tagger.tag({ root, index, cloud: store.name }, block));
    return { tagged: { tags: concat(...tags), leaves: concat(...leaves) } };
  }

  async #read(
    home: string,
    store: StoreConfig,
    object: string,
    sizeBytes: number,
  ): Promise<Bytes | 'missing' | 'damaged' | 'away'> {
    try {
      const from = this.#storeOf(home, store);
      return await gather(from.get(object, { lengthBytes: sizeBytes + 1 }), sizeBytes);
    } catch (thrown) {
      if (isSalusError(thrown, 'object-unknown')) return 'missing';
      if (isSalusError(thrown, 'object-oversized')) return 'damaged';
      if (isSalusError(thrown)) return 'away';
      throw thrown;
    }
  }

  /** One for each description: a store that was described anew is opened anew. Only looked at: the node owns it. */
  #storeOf(home: string, config: StoreConfig): ObjectStore {
    const description = JSON.stringify(config);
    const store = this.#stores.get(description) ?? openStoreOf(config, { home, readOnly: true }).store;
    this.#stores.set(description, store);
    return store;
  }
}

const desk = new TaggingDesk();
let turn: Promise<unknown> = Promise.resolve();
process.on('message', (request: TaggingRequest) => {
  turn = turn.then(async () => process.send?.(await desk.answer(request)));
});
// The node is gone, however it went.
process.once('disconnect', () => process.exit(0));
