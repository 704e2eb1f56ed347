// What every demo does: look for its ports, start, say where to go, and stop at Ctrl-C.

import { isFree } from './ports.mjs';

async function takenPorts(ports) {
  const taken = [];
  for (const [name, port] of Object.entries(ports)) {
    if (!await isFree(port)) {
      taken.push(`Port ${port} is taken, and this needs it for the ${name}. \`ss -ltnp sport = :${port}\` `
        + 'shows by whom: stop that program, then try again.');
    }
  }
  return taken;
}

const interrupted = () => new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
});

async function run({ ports, start, welcome }) {
  const end = interrupted();
  const taken = await takenPorts(ports);
  if (taken.length > 0) throw new Error(taken.join('\n'));
  const product = await Promise.race([start(), end]);
  // Interrupted in the middle of starting: the programs end with the process that started them.
  if (!product) process.exit();
  console.log(welcome(product));
  try {
    await Promise.race([end, product.crashed()]);
    console.log('\nStopping.');
  } finally {
    await product.stop();
  }
}

/** `start` gives what is to be shown, `welcome` the words about it. A failure is told in words and by the status. */
export async function demonstrate(demonstration) {
  try {
    await run(demonstration);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
