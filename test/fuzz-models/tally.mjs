/** What came of all models, as one table. */
const STEP = 100;
const STATUSES = ['passed', 'refused', 'unjudged', 'failed'];

export class Tally {
  #models;
  #done = 0;
  #start = performance.now();
  #checks = new Map();
  #reasons = { refused: new Map(), unjudged: new Map() };
  failed = 0;

  constructor(models) {
    this.#models = models;
  }

  add(number, outcomes, replay) {
    for (const { check, status, code, detail, program } of outcomes) {
      const counts =
        this.#checks.get(check) ?? Object.fromEntries(STATUSES.map((name) => [name, 0]));
      counts[status]++;
      this.#checks.set(check, counts);
      if (status in this.#reasons) increase(this.#reasons[status], code ?? withoutNumbers(detail));
      if (status !== 'failed') continue;
      this.failed++;
      console.log(`✗ ${replay}: ${check}\n  ${detail.replaceAll('\n', '\n  ')}`);
      if (program !== undefined) console.log(`\n${program.replaceAll(/^/gm, '    ')}\n`);
    }
    if (++this.#done % STEP !== 0) return;
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(0);
    console.log(
      `${this.#done} of ${this.#models} models, ${seconds} s, ${this.failed} differences`,
    );
  }

  print() {
    const width = Math.max(6, ...[...this.#checks.keys()].map(({ length }) => length));
    const row = (name, cells) =>
      console.log(
        `${name.padEnd(width)} ${cells.map((cell) => String(cell).padStart(9)).join('')}`,
      );
    row('check', STATUSES);
    const sums = Object.fromEntries(STATUSES.map((name) => [name, 0]));
    for (const [check, counts] of [...this.#checks].sort(([a], [b]) => (a < b ? -1 : 1))) {
      row(
        check,
        STATUSES.map((name) => counts[name]),
      );
      for (const name of STATUSES) sums[name] += counts[name];
    }
    row(
      `${this.#done} models`,
      STATUSES.map((name) => sums[name]),
    );
    for (const [reason, count] of sorted(this.#reasons.refused))
      console.log(`refused ${count} times: ${reason}`);
    for (const [reason, count] of sorted(this.#reasons.unjudged)) {
      console.log(`skipped ${count} times, since stock tfjs can't run it: ${reason}`);
    }
    console.log(
      `${sums.passed + sums.refused} passed, ${sums.failed} failed, ${sums.unjudged} skipped`,
    );
  }
}

const increase = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);
const sorted = (map) => [...map].sort(([, a], [, b]) => b - a);
const withoutNumbers = (text) => text.split('\n')[0].replaceAll(/\d+/g, 'N').slice(0, 120);
