export { FaultyStore, type StoreFault } from './fakes/faultyStore.ts';
export { MemoryPlacement } from './fakes/memoryPlacement.ts';
export { MemoryStore } from './fakes/memoryStore.ts';
export { objectStoreSuite, type StoreClaim } from './objectStoreSuite.ts';
export { checkTold, type Line, type RemoteStores, remoteStoreSuite } from './remoteStoreSuite.ts';
export { seededRandom } from './seededRandom.ts';
export { SimulatedClock } from './simulatedClock.ts';
