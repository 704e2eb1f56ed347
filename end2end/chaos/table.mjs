// Prints the figures of all scenarios of `make chaos`.

const columns = {
  logins: ({ logins }) => logins,
  attempts: ({ attempts }) => attempts,
  told: ({ told }) => [...told.values()].reduce((sum, count) => sum + count, 0),
  'at provider': ({ atProvider }) => atProvider,
  visits: ({ visits }) => visits,
  unavailable: ({ unavailable }) => unavailable,
  logouts: ({ logouts }) => logouts,
  unconfirmed: ({ unconfirmed }) => unconfirmed,
  'tokens lost': ({ undelivered }) => undelivered,
  'well after': ({ recovered }) => (recovered === undefined ? '' : `${recovered.toFixed(1)} s`),
};

const legend = `
logins        people who logged in, after one attempt or several
attempts      how often they tried; a failure ended either
  told          on a message with a way to continue, logouts included, or
  at provider   at the provider, or because it was unreachable
visits        of people who were logged in; unavailable: with a page that keeps the session and offers to try again
logouts       unconfirmed: ended in the browser alone, and the page said so
tokens lost   tokens in the database that no browser received
well after    how long anything continued to fail once the cause was gone`;

function table(rows) {
  const widths = rows[0].map((_cell, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = ([name, ...cells]) => [
    name.padEnd(widths[0]),
    ...cells.map((cell, column) => cell.padStart(widths[column + 1])),
  ].join('  ');
  return rows.map(line).join('\n');
}

/** Print at most so many messages for each scenario: one rule may be broken a hundred times. */
const MOST = 5;

export function print(results) {
  console.log(table([
    ['', ...Object.keys(columns)],
    ...results.map(({ name, figures }) => [name, ...Object.values(columns).map((value) => String(value(figures)))]),
  ]));
  console.log(legend);
  for (const { name, figures } of results) {
    for (const [message, count] of figures.told) console.log(`${name}: ${count} × « ${message} »`);
  }
  for (const { name, figures } of results) {
    for (const rule of figures.broken.slice(0, MOST)) console.log(`BROKEN  ${name}: ${rule}`);
    const more = figures.broken.length - MOST;
    if (more > 0) console.log(`BROKEN  ${name}: and ${more} more`);
  }
}
