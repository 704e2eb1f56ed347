// The root file system of a container image, and programs that run in it as an engine would run them: as the user of the image, the
// root read-only, in namespaces of their own. It needs root, and no engine.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

import { Program } from '../support/program.mjs';

/** Where engines mount what an image does not have. */
const MOUNTS = ['proc', 'dev', 'run/secrets', 'etc/passerelle'];
const FILES = ['etc/hosts', 'etc/resolv.conf'];

/** What an engine does before it starts the program. The first argument is the root. */
const PREPARE = `
R=$1
shift
mount --bind "$R" "$R"
mount -t proc proc "$R/proc"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for device in null zero full random urandom; do touch "$R/dev/$device"; mount --bind "/dev/$device" "$R/dev/$device"; done
mount -o remount,bind,ro "$R"
exec "$@"
`;

export class Container {
  /** Unpacks what `docker load` reads. */
  constructor(archive) {
    this.folder = mkdtempSync(join(tmpdir(), 'passerelle-container-'));
    chmodSync(this.folder, 0o711);
    const unpacked = join(this.folder, 'image');
    mkdirSync(unpacked);
    execFileSync('tar', ['--extract', '--file', archive, '--directory', unpacked]);
    const json = (name) => JSON.parse(readFileSync(join(unpacked, name), 'utf8'));
    const [{ Config, Layers, RepoTags }] = json('manifest.json');
    this.tags = RepoTags;
    this.image = json(Config).config;
    this.root = join(this.folder, 'root');
    mkdirSync(this.root);
    for (const layer of Layers) {
      execFileSync('tar', ['--extract', '--preserve-permissions', '--numeric-owner', '--file', join(unpacked, layer), '--directory', this.root]);
    }
  }

  /** Its files and folders, each with its owner and its mode. */
  list() {
    const printed = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P %U:%G %#m\\n'], { cwd: this.root, encoding: 'utf8' });
    return printed.trim().split('\n').sort();
  }

  /** Makes the places of an engine's mounts, and puts these files there: a path in the container, and what it holds. */
  mount(files) {
    for (const folder of MOUNTS) mkdirSync(join(this.root, folder), { recursive: true });
    for (const [path, content] of Object.entries({ ...Object.fromEntries(FILES.map((file) => [file, ''])), ...files })) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), content, { mode: 0o644 });
    }
  }

  #command(command) {
    const { User, WorkingDir, Env } = this.image;
    const [user, group] = User.split(':');
    const namespaces = ['--mount', '--pid', '--fork', '--ipc', '--uts', '--kill-child', '--propagation', 'private'];
    const entering = [`--root=${this.root}`, `--wd=${WorkingDir}`, `--setgid=${group}`, `--setuid=${user}`];
    return [...namespaces, 'sh', '-euc', PREPARE, 'sh', this.root, 'env', '-i', ...Env, 'unshare', ...entering, '--', ...command];
  }

  /** Runs a command to its end. Returns its exit code and what it prints. */
  async run(command) {
    const child = spawn('unshare', this.#command(command));
    const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { status, stdout, stderr };
  }

  /** Starts a server, and waits until it is ready. */
  start(name, command) {
    return Program.start({ name, command: 'unshare', args: this.#command(command), log: join(this.folder, `${name}.log`) });
  }

  /** The first process of the container in which a program runs. */
  #first({ pid }) {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  }

  /** What the kernel says of a server: its file `status` or `mounts` in /proc. */
  about(program, name) {
    return readFileSync(`/proc/${this.#first(program)}/${name}`, 'utf8');
  }

  /** Asks a server to end, as engines do. Returns how it ended. */
  stop(program) {
    process.kill(Number(this.#first(program)), 'SIGTERM');
    return program.gone;
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
