import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { StoreConfig } from '@salus/clouds';
import { nodeError } from '../errors.ts';
import type { TaggingAnswer, TaggingKeys, TaggingRequest } from './taggingMessages.ts';

/** What was built, whether this file runs built or from its source. */
const PROGRAM = fileURLToPath(new URL('../../dist/tagger/main.js', import.meta.url));

type Waiting = { resolve: (answer: TaggingAnswer) => void; reject: (error: Error) => void };

/** The process that holds the tagging key, as the node sees it: asked for tags, one after the other. */
export class TaggingProcess {
  readonly #child: ChildProcess;
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;

  private constructor(
    child: ChildProcess,
    readonly home: string,
  ) {
    this.#child = child;
    child.on('message', (answer: TaggingAnswer) => this.#waiting.shift()?.resolve(answer));
    child.once('error', (thrown) => this.#end(thrown.message));
    child.once('exit', (code, signal) => this.#end(signal ?? `exit code ${code}`));
  }

  /** Starts it and gives the public side of its key, which is made at the very first start. Throws `tagging-failed`. */
  static async start(
    home: string,
    directory: string,
    organisation: string,
  ): Promise<{ process: TaggingProcess; keys: TaggingKeys }> {
    const child = fork(PROGRAM, {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    const process = new TaggingProcess(child, home);
    const answer = await process.#ask({ kind: 'open', home, directory, organisation });
    if ('opened' in answer) return { process, keys: answer.opened };
    await process.stop();
    throw nodeError('tagging-failed', { why: 'failed' in answer ? answer.failed : 'it did not open' });
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Tags of an object as its store has it, or why there are none. Throws `tagging-failed`. */
  async tag(store: StoreConfig, object: string, sizeBytes: number) {
    const answer = await this.#ask({ kind: 'tag', home: this.home, store, object, sizeBytes });
    if ('tagged' in answer) return answer.tagged;
    if ('untagged' in answer) return answer.untagged;
    throw nodeError('tagging-failed', { why: 'failed' in answer ? answer.failed : 'it answered something else' });
  }

  /** Ends it; it has nothing to save. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }

  #ask(request: TaggingRequest): Promise<TaggingAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      this.#waiting.push({ resolve, reject });
      // Told here, a closed channel is an answer; otherwise it would be thrown at whoever is near.
      this.#child.send(request, (failed) => {
        if (failed) this.#end(failed.message);
      });
    });
  }

  #end(why: string): void {
    this.#ended ??= nodeError('tagging-failed', { why });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
