import type { Bytes } from '@salus/base';
import { rowLabel } from '@salus/schemes/keyless';
import type { NodeContext } from './context.ts';

/** The wrapped row behind a row key, if it is one of this delegation. Still sealed: only the row key opens it. */
export async function storedRow(node: NodeContext, delegation: string, rowKey: Bytes) {
  const row = await node.database
    .selectFrom('row')
    .selectAll()
    .where('label', '=', rowLabel(rowKey))
    .executeTakeFirst();
  return row?.delegation === delegation ? row : undefined;
}
