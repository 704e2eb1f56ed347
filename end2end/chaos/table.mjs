// The figures of all scenarios, for people.

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
logins        people who wanted to log in; all of them did in the end
attempts      how often they tried; what failed ended either
  told          on a message with a way on, logouts included, or
  at provider   at the provider, or for want of it
visits        of people who were logged in; unavailable: with a page that keeps the session and offers to try again
logouts       unconfirmed: ended in the browser alone, and said so
tokens lost   tokens in the database that no browser got
well after    how long anything went on failing once the cause was gone`;

function table(rows) {
  const widths = rows[0].map((_cell, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = ([name, ...cells]) => [
    name.padEnd(widths[0]),
    ...cells.map((cell, column) => cell.padStart(widths[column + 1])),
  ].join('  ');
  return rows.map(line).join('\n');
}

/** At most so many of the same kind: one broken rule may be broken a hundred times. */
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
