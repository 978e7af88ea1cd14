import { beforeAll, describe, expect, it } from 'vitest';
import {
  freshScalar,
  initPairing,
  oprfBlind,
  oprfEvaluate,
  oprfFinish,
  oprfPublicKey,
  ZERO,
} from '../src/keyless/index.ts';
import { seeded } from './world.ts';

beforeAll(initPairing);

const rng = seeded('look-up');
const FIELDS = ['name and birth date', 'ada lovelace', '1815-12-10'];

describe('look-ups', () => {
  const lookUp = (fields: readonly string[], k: Uint8Array) => {
    const { query, blind } = oprfBlind(fields, rng);
    return { query, index: oprfFinish({ fields, blind, part: oprfEvaluate(k, query), publicKey: oprfPublicKey(k) }) };
  };

  it('give one index for equal fields, and the node sees a different query each time', () => {
    const k = freshScalar(rng);
    const [one, two] = [lookUp(FIELDS, k), lookUp(FIELDS, k)];
    expect(one.index).toEqual(two.index);
    expect(one.query).not.toEqual(two.query);
    expect(one.index).toHaveLength(32);
  });

  it('give another index for another key, or for a boundary moved between fields', () => {
    const k = freshScalar(rng);
    const { index } = lookUp(FIELDS, k);
    expect(lookUp(FIELDS, freshScalar(rng)).index).not.toEqual(index);
    expect(lookUp(['name and birth date', 'ada', 'lovelace1815-12-10'], k).index).not.toEqual(index);
  });

  it('notice a node that answers under another key, or for another query', () => {
    const k = freshScalar(rng);
    const { query, blind } = oprfBlind(FIELDS, rng);
    const finish = (part: Uint8Array, fields = FIELDS) =>
      oprfFinish({ fields, blind, part, publicKey: oprfPublicKey(k) });
    const unfaithful = expect.objectContaining({ code: 'look-up-unfaithful' });
    expect(() => finish(oprfEvaluate(freshScalar(rng), query))).toThrow(unfaithful);
    expect(() => finish(query)).toThrow(unfaithful);
    expect(() => finish(oprfEvaluate(k, query), ['other'])).toThrow(unfaithful);
    expect(finish(oprfEvaluate(k, query))).toHaveLength(32);
  });

  it('refuse points and scalars that are none', () => {
    const k = freshScalar(rng);
    const point = expect.objectContaining({ code: 'point-unsound' });
    const identity = new Uint8Array(48).fill(0xc0, 0, 1);
    expect(() => oprfEvaluate(k, identity)).toThrow(point);
    expect(() => oprfEvaluate(k, new Uint8Array(48))).toThrow(point);
    const { query } = oprfBlind(FIELDS, rng);
    const answer = { fields: FIELDS, part: oprfEvaluate(k, query), publicKey: oprfPublicKey(k) };
    expect(() => oprfFinish({ ...answer, blind: ZERO })).toThrow(expect.objectContaining({ code: 'scalar-unsound' }));
  });
});
