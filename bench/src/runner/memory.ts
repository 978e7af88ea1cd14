import { readFileSync } from 'node:fs';

/** Most memory that a process has had in use at once, in MB (10^6 bytes): the kernel's own count. Linux only. */
export function peakRssMb(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (!kib) throw new Error(`process ${pid} tells no VmHWM`);
  return (Number(kib) * 1_024) / 1e6;
}
