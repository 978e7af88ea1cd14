import { type Bytes, newId, type Random } from '@salus/base';
import { directSlot, newSecret, personKeys, rekey, secretFrom, topicSlot } from '@salus/schemes/holder';
import { addScalars, contextOf, serve, ZERO } from '@salus/schemes/keyless';

/** What a reader sees of one fetch: nothing else distinguishes the routes. */
export interface Seen {
  E: Bytes;
  c2: Bytes;
  lock: Bytes;
}

/** Replies of both routes as they would be without the proxy's refresh, for whoever wants to see the attack succeed. */
export interface Rehearsed {
  direct: Seen[];
  delegated: Seen[];
}

/**
 * Runs the weak variant on made-up people: the same `serve`, given zero for t and y. Every delegated reply of one grant then
 * carries the same E, and a reader tells them from direct ones. Cost: about 8 ms a record.
 */
export function withoutRefresh(count: number, random: Random): Rehearsed {
  const patient = newId(random);
  const [delegator, reader] = [personKeys(random(32), 'rehearsal'), personKeys(random(32), 'rehearsal')];
  const condition = { year: 2026, scope: patient, topic: 'rehearsal' };
  const key = rekey(delegator, condition, reader.B, random);
  const seen: Rehearsed = { direct: [], delegated: [] };
  for (let i = 0; i < count; i++) {
    const secret = secretFrom(
      newSecret(random),
      contextOf({ record: newId(random), group: 'document', generation: 1, author: patient }),
    );
    const common = { c1: secret.c1, recipientB: reader.B };
    const direct = directSlot(secret, reader.B, random);
    const topic = topicSlot(secret, { ...condition, A: delegator.A }, random);
    const unrefreshed = { t: ZERO, y: ZERO };
    seen.direct.push({
      ...serve({ ...common, value: direct.value, directE: direct.E }, unrefreshed),
      lock: addScalars(direct.lock, ZERO),
    });
    seen.delegated.push({
      ...serve({ ...common, value: topic.value, rekey: key }, unrefreshed),
      lock: addScalars(topic.lock, ZERO),
    });
  }
  return seen;
}
