import { bytes } from '../../display/units';
import { escapeHtml } from '../../display/text';
import { printQuantity } from '../../quantities/print';
import type { Quantity } from '../../quantities/quantity';
import { cellName } from '../cell-name';
import type { Report } from '../schema';
import { accountsChart } from './charts';
import { verdictBox } from './document';
import { grams, joules, list, paragraph, partOf, seconds, table } from './parts';

/** The first page: what was run, whether it holds, the totals in both boundaries, the three accounts. */
export function frontPage(report: Report): string {
  const { identity } = report;
  return [
    `<h1>${escapeHtml(identity.notebook.name)}</h1>`,
    `<p class="sub">Energy, carbon and accuracy of a run, with what is needed to repeat it</p>`,
    paragraph(whatWasRun(report)),
    verdict(report),
    boundaries(report),
    paragraph(howToRead(report)),
    `<h3>Who caused the machine's energy</h3>`,
    accountsChart(report),
    accounts(report),
  ].join('\n');
}

function howToRead({ energy, trials }: Report): string {
  const intervals =
    trials === 1
      ? 'One trial: the intervals hold what is known of the error of devices and models, and nothing of how runs scatter.'
      : `Intervals: ${Math.round(energy.machineJ.coverage * 100)} % over ${trials} trials, widened by what is known of the error of devices and models.`;
  return `${intervals} "Attributed" is what the code of the cells caused, with the processes that it started; "whole machine" is everything that was measured.`;
}

/** A trial that failed after others had ended isn't among those that the figures are of. */
function timesRun({ trials, runs, status }: Report): string {
  const begun = runs.length;
  const times =
    begun === 1 ? 'once, in a fresh kernel,' : `${begun} times, each in a fresh kernel,`;
  return status === 'failed' && begun > trials
    ? `${times} of which the figures are of the ${trials === 1 ? 'one' : trials} that ended,`
    : times;
}

function whatWasRun(report: Report): string {
  const { identity, hardware, carbon, boundary } = report;
  const { code } = identity;
  const at =
    code === null
      ? 'in no git repository'
      : `at commit ${code.commit.slice(0, 10)}${code.dirty ? ', with changes that are not committed' : ''}`;
  const gpus = hardware.gpus.map(({ name }) => name).join(', ');
  return (
    `${count(identity.cells.length, 'code cell')}, ${at}, run ${timesRun(report)} ` +
    `on ${hardware.cpu.model} (${count(hardware.cpu.threads, 'thread')}), ${bytes(hardware.memoryBytes)} of memory${gpus === '' ? '' : `, ${gpus}`}, ${hardware.os}; ` +
    `${identity.createdAt.slice(0, 16).replace('T', ' ')} UTC. ` +
    `Carbon by ${printQuantity(carbon.intensity.gramsPerKWh, 'g/kWh', { prefix: false })} of ${carbon.intensity.region}, PUE ${boundary.pue}.`
  );
}

function failureText(report: Report): string {
  const { status, failure, trials, runs } = report;
  if (status !== 'failed' || failure === null) return '';
  const trial = runs.find((run) => run.failure !== null)?.trial ?? 1;
  const what = `failed in ${cellName(failure.cell)}: ${failure.name}: ${failure.message}.`;
  return trial > 1
    ? `Trial ${trial} ${what} The figures are of the ${trials === 1 ? 'trial' : `${trials} trials`} before it.`
    : `The notebook ${what} What follows is what was measured until then.`;
}

function verdict(report: Report): string {
  const { valid, reasons, remarks } = report.verdict;
  const { status } = report;
  const failed = paragraph(failureText(report));
  const word = status === 'failed' ? 'FAILED, INVALID' : valid ? 'VALID' : 'INVALID';
  const why = valid ? 'Nothing was seen that would spoil the measurement.' : '';
  const said = [...reasons, ...remarks];
  const told = said.length === 1 ? paragraph(said.join('')) : list(said);
  return verdictBox(valid, word, `${failed}${paragraph(why)}${told}`);
}

function boundaries(report: Report): string {
  const { energy, carbon } = report;
  const idle = sumOrNull(energy.devices.map(({ idleJ }) => idleJ));
  const userIdle = sumOrNull(energy.devices.map(({ userIdleJ }) => userIdleJ ?? null));
  return `<div class="boundaries">${boundary(
    'Attributed to this work',
    energy.accountsJ.user,
    userIdle,
    [
      ['CO2e, operational', grams(carbon.operationalG)],
      ['CO2e, embodied', carbon.embodiedG === null ? 'not stated' : grams(carbon.embodiedG)],
    ],
  )}${boundary('The whole machine', energy.machineJ, idle, [
    ['Time', seconds(energy.durationS)],
    ['Methods', [...new Set(energy.devices.map(({ method }) => method))].join(', ') || 'none'],
  ])}</div>`;
}

function boundary(
  title: string,
  figure: Quantity,
  idle: number | null,
  more: readonly (readonly [string, string])[],
): string {
  const total = printQuantity(figure, 'J', { interval: false });
  const range = joules(figure).slice(total.replace(', incomplete', '').length).trim();
  const lines = [
    ['Idle part', partOf(figure, idle)],
    ['Dynamic part', partOf(figure, idle === null ? null : figure.value - idle)],
    ...more,
  ] as const;
  const terms = lines.map(
    ([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  return (
    `<div class="boundary"><h3>${escapeHtml(title)}</h3><div class="total">${escapeHtml(total.replace(', incomplete', ''))}</div>` +
    `<div class="range">${escapeHtml([range, figure.method].filter((part) => part !== '').join(', '))}</div><dl>${terms.join('')}</dl></div>`
  );
}

function accounts({ energy }: Report): string {
  const { user, halfnote, rest } = energy.accountsJ;
  return table(
    ['Account', 'Energy', { header: 'Method', align: 'left' }],
    [
      ["The notebook's code, with the processes it starts", joules(user), user.method],
      [
        'Halfnote itself: kernel, compiling, loading its library',
        joules(halfnote),
        halfnote.method,
      ],
      ['The rest of the machine, and its unused idle power', joules(rest), rest.method],
      ['Sum: the whole machine', joules(energy.machineJ), energy.machineJ.method],
    ],
  );
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? []);
  if (values.length === 0 || known.length < values.length) return null;
  return known.reduce((sum, value) => sum + value, 0);
}

export function count(value: number, noun: string): string {
  return `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;
}
