import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { PASSWORD } from './people.ts';
import { type Line, NodeProgram, salus } from './program.ts';

/** A system that people use by the command line alone: its node is a process, and each command another. */
export class CommandLine {
  readonly node: NodeProgram;

  private constructor(readonly folder: string) {
    this.node = new NodeProgram(join(folder, 'home'));
  }

  /** Founds one in a folder of its own, with the operator's profile. */
  static async found(name: string): Promise<CommandLine> {
    const line = new CommandLine(await mkdtemp(join(tmpdir(), `salus-${name}-`)));
    await line.node.start(['--organisation', 'City Hospital', '--email', 'operator@example.org'], line.env);
    return line;
  }

  /** Profiles stay where the node founded them, also where another node is asked. */
  get env(): Record<string, string> {
    return { SALUS_PASSWORD: PASSWORD, SALUS_HOME: this.node.home };
  }

  get recoveryKey(): string {
    return String(this.node.said.find((line) => line.recoveryKey)!.recoveryKey);
  }

  /** A command as somebody gives it, to the node unless told. */
  args = (profile: string, args: string[], at = this.node): string[] => [
    ...args,
    ...['--profile', profile, '--node', at.url],
  ];

  run = (profile: string, args: string[], at = this.node) => salus(this.args(profile, args, at), this.env);

  /** Runs a command that must succeed; gives what it said. */
  done = async (profile: string, args: string[], at = this.node): Promise<Line[]> => {
    const { code, lines } = await this.run(profile, args, at);
    expect(lines.filter(({ ok }) => ok === false)).toEqual([]);
    expect(code).toBe(0);
    return lines;
  };

  /** Registers somebody, whom the operator approves; gives what registering said. */
  async register(profile: string, role: string, more: string[] = []): Promise<Line> {
    const who = ['--name', profile, '--email', `${profile}@example.org`, '--birth-date', '1984-03-02'];
    const where = ['--phone', '+91 98', '--address', '12 Lake Road'];
    const [line] = await this.done(profile, ['account', 'create', '--role', role, ...who, ...where, ...more]);
    await this.done('operator', ['approve', String(line!.account)]);
    return line!;
  }

  async end(): Promise<void> {
    await this.node.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
