// A fresh Debian in a folder, with systemd as its first process in namespaces of its own. It shares only the network with this
// machine. Needs root.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { root } from '../support/stack.mjs';

/** The release that this machine runs, so that programs built here run there. */
const SUITE = process.env.DEBIAN_SUITE ?? 'bookworm';
const BASE = join(root, `target/packaging/${SUITE}.tar`);
const CGROUPS = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'];
const PATIENCE = 60_000;

/** What systemd needs to find when it starts: its own /proc, /sys, /dev, /run and control groups, and mounts that spread to services. */
const BOOT = `
R=$1
mount --bind "$R" "$R"
mount -t proc proc "$R/proc"
mount -t sysfs -o ro sysfs "$R/sys"
mount -t cgroup2 none "$R/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$R/run"
mount -t tmpfs -o mode=1777 tmpfs "$R/tmp"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for device in null zero full random urandom tty; do touch "$R/dev/$device"; mount --bind "/dev/$device" "$R/dev/$device"; done
mkdir "$R/dev/shm" "$R/dev/pts"
mount -t tmpfs tmpfs "$R/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
ln -s /proc/self/fd "$R/dev/fd"
# Not with chroot alone: the kernel lets nobody in one make a namespace of users, as PrivateUsers= does.
cd "$R"
mkdir -p before
pivot_root . before
exec chroot . sh -c 'umount -l /before; mount --make-rshared /; exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd'
`;

export class Debian {
  /** Unpacks it, and makes it first when this machine has none. */
  constructor() {
    if (!existsSync(BASE)) {
      const folder = mkdtempSync(join(tmpdir(), 'passerelle-debootstrap-'));
      execFileSync('debootstrap', ['--variant=minbase', '--include=systemd,systemd-sysv,ca-certificates', SUITE, folder], { stdio: 'ignore' });
      mkdirSync(join(root, 'target/packaging'), { recursive: true });
      execFileSync('tar', ['--create', '--one-file-system', '--file', `${BASE}.new`, '--directory', folder, '.']);
      renameSync(`${BASE}.new`, BASE);
      rmSync(folder, { recursive: true });
    }
    this.folder = mkdtempSync(join(tmpdir(), 'passerelle-debian-'));
    execFileSync('tar', ['--extract', '--file', BASE, '--directory', this.folder]);
    // Only its owner could enter a temporary folder, and here it is the root of a whole system.
    chmodSync(this.folder, 0o755);
  }

  /** Starts systemd in it. */
  async boot() {
    const groups = CGROUPS.find((folder) => existsSync(join(folder, 'cgroup.procs')));
    this.group = join(groups, `passerelle-${process.pid}`);
    const start = 'mkdir -p "$2"; echo $$ >"$2/cgroup.procs"; exec unshare --mount --pid --fork --uts --ipc --cgroup '
      + '--propagation private sh -c "$3" sh "$1"';
    this.boots = spawn('sh', ['-c', start, 'sh', this.folder, this.group, BOOT], { stdio: 'ignore' });
    for (let waited = 0; waited < PATIENCE; waited += 200) {
      await sleep(200);
      const children = spawnSync('pgrep', ['--parent', String(this.boots.pid)], { encoding: 'utf8' }).stdout.trim();
      this.pid = Number(children.split('\n')[0]);
      if (this.pid && ['running', 'degraded'].includes(this.try('systemctl', 'is-system-running').stdout.trim())) return;
    }
    throw new Error('systemd does not start here');
  }

  /** Runs a command in it. Returns its exit code and what it prints. */
  try(command, ...args) {
    const inside = ['--target', String(this.pid), '--mount', '--pid', '--uts', '--ipc', '--cgroup', '--root', '--wdns=/'];
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
    const { status, stdout, stderr } = spawnSync('nsenter', [...inside, command, ...args], { encoding: 'utf8', env });
    return { status, stdout: stdout ?? '', stderr: stderr ?? '' };
  }

  /** Runs a command in it that must succeed. Returns what it prints. */
  run(command, ...args) {
    const { status, stdout, stderr } = this.try(command, ...args);
    if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status}: ${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Ends everything in it, and deletes it. */
  async remove() {
    if (this.pid) {
      // The kernel ends all processes of a namespace with its first one.
      process.kill(this.pid, 'SIGKILL');
      await new Promise((resolve) => { this.boots.once('exit', resolve); });
      spawnSync('find', [this.group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'], { stdio: 'ignore' });
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
