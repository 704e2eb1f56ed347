// Processor time, memory and disk writes of a process, as the kernel counts them. The benchmarks use it.

import { readFileSync, readdirSync } from 'node:fs';

/** Nanoseconds of processor time by thread, without threads that ended while the list was read. */
function threads(pid) {
  const time = (task) => {
    try {
      return [[task, Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])]];
    } catch (error) {
      if (['ENOENT', 'ESRCH'].includes(error.code)) return [];
      throw error;
    }
  };
  return new Map(readdirSync(`/proc/${pid}/task`).flatMap(time));
}

/** Returns a function that returns the milliseconds of processor time, user and system, since this call. */
export function cpuClock(pid) {
  const before = threads(pid);
  return () => [...threads(pid)].reduce((sum, [task, time]) => sum + time - (before.get(task) ?? 0), 0) / 1e6;
}

/** The same for a process and its children, as they are now. */
export function familyClock(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const clocks = [pid, ...children].map(cpuClock);
  return () => clocks.reduce((sum, clock) => sum + clock(), 0);
}

/** Resident memory in MiB. */
export function residentMebibytes(pid) {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kibibytes) / 1024;
}

/** Bytes that the kernel counts as written by a process (`write_bytes`). */
export function writtenBytes(pid) {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);
}
