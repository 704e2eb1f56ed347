// What a process has used, as the kernel counts it.

import { readFileSync, readdirSync } from 'node:fs';

/** Nanoseconds of processor time, of all its threads, those that have ended not counted. */
export function cpuNanoseconds(pid) {
  return readdirSync(`/proc/${pid}/task`)
    .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, time) => sum + time, 0);
}

/** Resident memory in bytes. */
export function residentBytes(pid) {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kibibytes) * 1024;
}
