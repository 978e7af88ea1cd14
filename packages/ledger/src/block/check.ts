import { encodeCanonical, equal, isSalusError } from '@salus/base';
import { parseOperation, type SignedOperation, verifyOperation } from '@salus/contracts';
import { ledgerError } from '../errors.ts';
import type { Block } from './block.ts';
import { BlockDraft, type FinishedDraft, type Ground } from './draft.ts';
import { checkHeader, type TrustedGenesis } from './header.ts';

/**
 * Re-derives a block from the chain before it: the validator's and every operation's signature, every contract, the roots.
 * The header that comes out must be the block's to the byte. Throws `block-refused`.
 */
export async function checkBlock(block: Block, ground: Ground, trust: TrustedGenesis): Promise<FinishedDraft> {
  const { height } = block.header.header;
  try {
    await checkHeader(block.header, trust);
    return await rederive(block, ground);
  } catch (thrown) {
    if (isSalusError(thrown) && thrown.code !== 'block-refused') throw refused(height, thrown.message);
    throw thrown;
  }
}

async function rederive({ header, operations }: Block, ground: Ground): Promise<FinishedDraft> {
  const { height, time, proposer } = header.header;
  if (height !== ground.tip.height + 1) throw refused(height, `it follows height ${ground.tip.height}`);
  if (time <= ground.tip.time) throw refused(height, 'its time is not after the time before');
  const draft = new BlockDraft(ground, time);
  for (const bytes of operations) await admit(draft, parseOperation(bytes));
  const finished = draft.finish(proposer);
  if (!equal(encodeCanonical(finished.header), header.payload))
    throw refused(height, `the header differs in ${differences(finished, header.header)}`);
  return finished;
}

async function admit(draft: BlockDraft, signed: SignedOperation): Promise<void> {
  const rejection = (await verifyOperation(draft, signed)) ?? draft.admit(signed);
  if (rejection) throw rejection;
}

function differences({ header }: FinishedDraft, claimed: FinishedDraft['header']): string {
  const names = Object.keys(header) as (keyof typeof header)[];
  const differ = names.filter((name) => !equal(encodeCanonical(header[name]), encodeCanonical(claimed[name])));
  return differ.join(', ');
}

const refused = (height: number, why: string) => ledgerError('block-refused', { height, why });
