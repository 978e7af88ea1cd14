export { FaultyStore, type StoreFault } from './fakes/faultyStore.ts';
export { MemoryPlacement } from './fakes/memoryPlacement.ts';
export { MemoryStore } from './fakes/memoryStore.ts';
export { Dice } from './hostile/dice.ts';
export { type HostileReport, type HostileTarget, hostileInputs, tryHostile } from './hostile/hostile.ts';
export { type HostileCase, hostileSuite } from './hostile/hostileSuite.ts';
export { objectStoreSuite, type StoreClaim } from './objectStoreSuite.ts';
export { seededRandom } from './seededRandom.ts';
export { SimulatedClock } from './simulatedClock.ts';
