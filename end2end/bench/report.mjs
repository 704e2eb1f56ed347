// The figures of one benchmark run, beside their budgets and the last recorded run.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const historyFile = fileURLToPath(new URL('history.json', import.meta.url));

const today = () => new Date().toISOString().slice(0, 10);

const machine = () => ({
  cpu: cpus()[0].model.trim(),
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
});

/** A JSON array with one run a line, so that a recorded run is a line of a diff. */
const history = () => JSON.parse(readFileSync(historyFile, 'utf8'));

function remember(run) {
  writeFileSync(historyFile, `[\n${[...history(), run].map((line) => JSON.stringify(line)).join(',\n')}\n]\n`);
}

/** The value with three significant digits; an empty string when there is none. */
function text(value, unit) {
  if (value === undefined) return '';
  const digits = Number.isInteger(value) ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  const number = digits ? value.toFixed(digits) : String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
  return `${number} ${unit}`.trim();
}

function change(value, before) {
  const percent = before ? Math.round((value / before - 1) * 100) : 0;
  return percent ? `${percent > 0 ? '+' : ''}${percent} %` : '';
}

export class Report {
  #figures = [];
  #began = performance.now();
  #section;
  #pace = 1;

  /** Begins a section for the figures that follow. Prints its title at once, because a run takes minutes. */
  section(title) {
    this.#section = title;
    console.error(`bench: ${title} (after ${Math.round((performance.now() - this.#began) / 1000)} s)`);
  }

  /** `atMost` is the budget, where there is one. */
  add(what, value, unit, atMost) {
    this.#figures.push({ section: this.#section, what, value, unit, atMost });
  }

  /** How many times as long as where the budgets come from everything takes here. A faster machine has the same budgets. */
  setPace(pace) {
    this.#pace = Math.max(1, pace);
    return this.#pace;
  }

  /** Milliseconds of processor time. The budget is multiplied by the pace of the machine. */
  addCpu(what, value, atMost) {
    this.add(what, value, 'ms', atMost && atMost * this.#pace);
  }

  get exceeded() {
    return this.#figures.filter(({ value, atMost }) => value > atMost);
  }

  #run() {
    const figures = this.#figures
      .map(({ section, what, value }) => [`${section}: ${what}`, Number(value.toPrecision(4))]);
    return { date: new Date().toISOString().slice(0, 16), machine: machine(), figures: Object.fromEntries(figures) };
  }

  /** The value of a figure of this run, to compute others from it. */
  value(section, what) {
    const figure = this.#figures.find((one) => one.section === section && one.what === what);
    if (!figure) throw new Error(`there is no figure "${section}: ${what}"`);
    return figure.value;
  }

  /** The figures as JSON, with the machine. */
  save(file) {
    writeFileSync(file, `${JSON.stringify({ ...this.#run(), figures: this.#figures }, undefined, 2)}\n`);
  }

  /** Adds the run to the history, and writes its figures into the documentation. */
  record(document) {
    remember(this.#run());
    const [before, , after] = readFileSync(document, 'utf8').split(/^<!-- figures.*-->\n/m);
    if (after === undefined) throw new Error(`${document} has no two lines <!-- figures … --> to write between`);
    const marks = ['<!-- figures: written by `make bench RECORD=1` -->', '<!-- figures end -->'];
    writeFileSync(document, `${before}${marks[0]}\n${this.#markdown()}\n${marks[1]}\n${after}`);
  }

  print({ markdown }) {
    console.log(markdown ? this.#markdown() : this.#table());
  }

  get #title() {
    const { cpu, cores, memoryGiB, kernel } = machine();
    return `${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, ${today()}`;
  }

  /** Each figure beside its budget and the last recorded run, which may be of another machine. */
  #table() {
    const last = history().at(-1);
    const lines = [this.#title];
    if (last) lines.push(`last: ${last.machine.cpu}, ${last.machine.cores} cores, ${last.date.slice(0, 10)}`);
    const rows = [...bySection(this.#figures)].flatMap(([section, figures]) => [
      [],
      [section, 'measured', 'at most', 'last', 'change', ''],
      ...figures.map(({ what, value, unit, atMost }) => {
        const before = last?.figures[`${section}: ${what}`];
        return [
          what, text(value, unit), text(atMost, unit), text(before, unit), change(value, before),
          value > atMost ? 'EXCEEDED' : '',
        ];
      }),
    ]);
    const width = (column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0));
    const widths = [0, 1, 2, 3, 4, 5].map(width);
    const aligned = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
    return [...lines, ...rows.map((cells) => cells.map(aligned).join('  ').trimEnd())].join('\n');
  }

  #markdown() {
    const tables = [...bySection(this.#figures)].map(([section, figures]) => [
      `| ${section} | measured | at most |`,
      '|---|---:|---:|',
      ...figures.map(({ what, value, unit, atMost }) => `| ${what} | ${text(value, unit)} | ${text(atMost, unit)} |`),
    ].join('\n'));
    return [this.#title, ...tables].join('\n\n');
  }
}

function bySection(figures) {
  const sections = new Map();
  for (const figure of figures) sections.set(figure.section, [...sections.get(figure.section) ?? [], figure]);
  return sections;
}
