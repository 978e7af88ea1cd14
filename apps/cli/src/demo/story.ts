import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Surroundings } from '@salus/sdk';
import { FileStore } from '../fileStore.ts';
import type { NodeProcess } from './nodeProcess.ts';
import type { People } from './people.ts';

/** One uploaded file: where it is, what it is called, and its record. */
export interface StoryFile {
  file: string;
  name: string;
  record: string;
  sizeBytes: number;
  topics: string[];
  words: string[];
}

/** What the steps of the story hand on to each other. */
export interface Story {
  home: string;
  filesDirectory: string;
  node: NodeProcess;
  url: string;
  people: People;
  files: StoryFile[];
  request: string;
  delegation: string;
}

/** The topic that the doctor shares with the colleague: every second file has it. */
export const SHARED_TOPIC = 'cardiology';
/** The topic of the records that are to look alike. */
export const ALIKE_TOPIC = 'study';

export const surroundingsOf = (story: Pick<Story, 'home' | 'url'>, profile: string): Surroundings => ({
  node: story.url,
  store: new FileStore(join(story.home, 'profiles', profile)),
  random: (lengthBytes) => new Uint8Array(randomBytes(lengthBytes)),
  now: Date.now,
});

/** A step gives its figures; it throws, or gives `ok: false`, where its claim does not hold. */
export interface Step {
  name: string;
  run(story: Story): Promise<Record<string, unknown>>;
}

/** What a step must find to be true. */
export function must(holds: unknown, claim: string): asserts holds {
  if (!holds) throw new StoryFailed(claim);
}

/** A claim of the story that did not hold. */
export class StoryFailed extends Error {}
