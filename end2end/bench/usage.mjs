// What a process has used, as the kernel counts it.

import { readFileSync, readdirSync } from 'node:fs';

/** Nanoseconds of processor time by thread. One that ended since they were listed is left out. */
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

/** Milliseconds of processor time, user and system, that a process spends until the function given back is called. */
export function cpuClock(pid) {
  const before = threads(pid);
  return () => [...threads(pid)].reduce((sum, [task, time]) => sum + time - (before.get(task) ?? 0), 0) / 1e6;
}

/** Resident memory in MiB. */
export function residentMebibytes(pid) {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kibibytes) / 1024;
}

/** Bytes that a process has handed to its files and connections. */
export function writtenBytes(pid) {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);
}
