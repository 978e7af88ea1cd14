import { type RealClouds, startRealClouds } from '@salus/testkit/servers';
import { FaultyStores } from './faultyStores.ts';
import { Hospital } from './hospital.ts';

/** A hospital that keeps its pieces on six real clouds of six kinds. */
export interface RealHospital {
  hospital: Hospital;
  clouds: RealClouds;
  /** What lies between the node and them. */
  stores: FaultyStores;
  stop(): Promise<void>;
}

/** Founds one, and starts the clouds. Stop it when done. */
export async function openRealHospital(): Promise<RealHospital> {
  const stores = new FaultyStores();
  let clouds!: RealClouds;
  const hospital = await Hospital.open(
    async (home) => {
      clouds = await startRealClouds(home);
      return { stores: clouds.entries, storeTimeoutMs: 5_000 };
    },
    { aroundStore: stores.around },
  );
  const stop = async () => {
    await hospital.stop();
    await clouds.stop();
  };
  return { hospital, clouds, stores, stop };
}
