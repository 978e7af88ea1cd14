import { type Bytes, equal, isSalusError } from '@salus/base';
import { operationHashOf } from '@salus/contracts';
import { merkleRootOf } from '@salus/schemes/keyless';
import { type Block, parseBlock } from '../../block/block.ts';
import { checkBlock } from '../../block/check.ts';
import { checkHeader } from '../../block/header.ts';
import { ledgerError } from '../../errors.ts';
import type { BlockLog, Extent } from './blockLog.ts';
import type { Chain } from './chain.ts';

/**
 * Walks the whole block log at start. Blocks that the store knows must be the ones that were acknowledged: linked to each
 * other by hash, holding the operations their headers commit to, the newest signed. Those that it does not know yet are
 * executed again. Then, and only then, cuts what a crash left behind the last block. Throws `block-log-damaged`,
 * `block-log-behind`, `block-refused`; nothing is changed by then. Reading costs about 10 µs per operation.
 */
export async function recover(chain: Chain, log: BlockLog): Promise<void> {
  const known = { height: chain.tip.height, hash: chain.tip.hash };
  let height = 0;
  let hash = chain.network;
  let end = log.firstBlockAt;
  for (const { payload, ...extent } of log.payloads()) {
    const block = parseLogged(payload, extent);
    height++;
    checkLink(block, { height, hash }, extent);
    hash = block.header.hash;
    if (height === known.height) await checkKnown(chain, block, known.hash, extent);
    if (height > known.height) await takeUp(chain, block, extent);
    end = extent.offset + extent.length;
  }
  if (height < known.height) throw ledgerError('block-log-behind', { height, known: known.height });
  await checkTail(chain, log, { height, end });
  log.cutAt(end);
}

/**
 * Behind the last whole block lies at most one that a crash cut short. A later block that the validator signed means that the
 * file was damaged in its middle instead. Anything else that looks like a block may be the content of an operation.
 */
async function checkTail(chain: Chain, log: BlockLog, last: { height: number; end: number }): Promise<void> {
  for (const payload of log.payloadsBehind(last.end))
    if (await isLater(chain, payload, last.height))
      throw damaged({ offset: last.end, length: 0 }, 'a signed block follows an unreadable one');
}

async function isLater(chain: Chain, payload: Bytes, height: number): Promise<boolean> {
  try {
    const { header } = parseBlock(payload);
    await checkHeader(header, chain.trust);
    return header.header.height > height;
  } catch (thrown) {
    if (isSalusError(thrown)) return false;
    throw thrown;
  }
}

const damaged = ({ offset }: Extent, why: string) => ledgerError('block-log-damaged', { offset, why });

function parseLogged(payload: Bytes, extent: Extent): Block {
  try {
    return parseBlock(payload);
  } catch (thrown) {
    throw isSalusError(thrown) ? damaged(extent, thrown.message) : thrown;
  }
}

function checkLink({ header, operations }: Block, before: { height: number; hash: Bytes }, extent: Extent): void {
  const { height, previous, operationsRoot } = header.header;
  if (height !== before.height || !equal(previous, before.hash))
    throw damaged(extent, `block ${before.height} does not follow the one before`);
  if (!equal(merkleRootOf(operations.map(operationHashOf)), operationsRoot))
    throw damaged(extent, `the operations of block ${height} are not the ones it was signed with`);
}

async function checkKnown(chain: Chain, { header }: Block, hash: Bytes, extent: Extent): Promise<void> {
  if (!equal(header.hash, hash)) throw damaged(extent, 'the newest block is not the one that was acknowledged');
  await checkHeader(header, chain.trust);
}

async function takeUp(chain: Chain, block: Block, extent: Extent): Promise<void> {
  const draft = await checkBlock(block, chain, chain.trust);
  await chain.commit(draft, { header: block.header, extent });
}
