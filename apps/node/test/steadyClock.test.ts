import { Dice } from '@salus/testkit';
import { describe, expect, it } from 'vitest';
import { SteadyClock } from '../src/steadyClock.ts';

const HOUR_MS = 3_600_000;

function clocks(start = 1_000_000_000_000) {
  const machine = { time: start };
  return { machine, clock: new SteadyClock(() => machine.time) };
}

describe('a node’s time', () => {
  it('is the machine’s while that goes on', () => {
    const { machine, clock } = clocks();
    for (const step of [0, 1, 500, HOUR_MS]) {
      machine.time += step;
      expect(clock.now()).toBe(machine.time);
    }
  });

  it('goes on at half speed where the machine’s is set back, and then is the machine’s again', () => {
    const { machine, clock } = clocks();
    const before = clock.now();
    machine.time -= HOUR_MS;
    expect(clock.now()).toBe(before);
    machine.time += 60_000;
    expect(clock.now()).toBe(before + 30_000);
    machine.time += 2 * HOUR_MS;
    expect(clock.now()).toBe(machine.time);
  });

  it('begins where the ledger ended, though the clock was set back while the node was down', () => {
    const { machine, clock } = clocks();
    clock.isNotBefore(machine.time + HOUR_MS);
    expect(clock.now()).toBe(machine.time + HOUR_MS);
    clock.isNotBefore(machine.time);
    expect(clock.now()).toBe(machine.time + HOUR_MS);
  });

  it('never goes back nor stands still for ever, whatever the machine’s does', () => {
    const dice = new Dice('jumping clock');
    const { machine, clock } = clocks();
    for (let last = clock.now(), i = 0; i < 10_000; i++) {
      machine.time += dice.below(4) === 0 ? dice.below(2 * HOUR_MS) - HOUR_MS : 1 + dice.below(500);
      const now = clock.now();
      expect(now).toBeGreaterThanOrEqual(last);
      expect(now).toBeGreaterThanOrEqual(machine.time);
      last = now;
    }
    machine.time += 100_000 * HOUR_MS;
    expect(clock.now()).toBe(machine.time);
  });
});
