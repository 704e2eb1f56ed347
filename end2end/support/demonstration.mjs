// What both demos do: check that their ports are free, start, print the address, and stop at Ctrl-C.

import { isFree } from './ports.mjs';

async function takenPorts(ports) {
  const taken = [];
  for (const [name, port] of Object.entries(ports)) {
    if (!await isFree(port)) {
      taken.push(`Port ${port} is in use, and the ${name} needs it. \`ss -ltnp sport = :${port}\` `
        + 'shows which program uses it: stop that program, then try again.');
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
  // Interrupted during the start: the programs end with this process, which started them.
  if (!product) process.exit();
  console.log(welcome(product));
  try {
    await Promise.race([end, product.crashed()]);
    console.log('\nStopping.');
  } finally {
    await product.stop();
  }
}

/** `start` starts the product, `welcome` returns the message about it. A failure prints its message and sets the exit status. */
export async function demonstrate(demonstration) {
  try {
    await run(demonstration);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
