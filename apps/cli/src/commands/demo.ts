import type { Command } from '../command.ts';
export const demo: Command = {
  name: 'demo',
  summary: '',
  usage: '',
  example: '',
  async *run() {
    yield { ok: true };
  },
};
