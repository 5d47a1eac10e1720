import { printQuantity, type CarbonReport } from 'halfnote/mime';
import {
  co2eElsewhere,
  regions,
  timesAsMuch,
  type GridRegion,
  type IntensityRange,
} from 'halfnote/mime/grid';
import '../../style/handles.css';
import { Choice } from '../dom/choice';
import { controls } from '../dom/controls';
import { element } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { notes, totals } from '../dom/parts';
import { NumberField } from '../dom/number-field';
import { Slider } from '../dom/slider';

const REPORTED = 'as reported';
const TYPED = 'typed';
/** As `%carbon` takes them. */
const INTENSITY = { min: 0, max: 3000 };
const PUE = { min: 1, max: 3, step: 0.01 };

const NOTES = [
  'What if: computed here from the joules of this report. Nothing of it was measured, and nothing is stored.',
  'Intensities are yearly means; hours of the day are not in them. For an hour, type its intensity, or give a file of hours: whatIf(run, { hours: "hours.csv" }).',
];

/** The same joules on another grid, at another hour's intensity, in another building: with the table of regions. */
export class WhatIfPanel {
  readonly node: HTMLElement;
  readonly #regions: readonly GridRegion[] = regions();
  readonly #result = element('div', { role: 'status' });
  readonly #region: Choice;
  readonly #intensity: NumberField;
  readonly #pue: Slider;
  #report: CarbonReport | undefined;
  #chosen = REPORTED;
  #gramsPerKWh: number | undefined;
  #factor: number | undefined;

  constructor() {
    this.#region = new Choice('Region', (region) => {
      this.#chosen = region;
      this.#show();
    });
    this.#intensity = new NumberField('Intensity', 'gCO2e/kWh', INTENSITY, (gramsPerKWh) => {
      this.#gramsPerKWh = gramsPerKWh;
      this.#chosen = gramsPerKWh === undefined ? REPORTED : TYPED;
      this.#show();
    });
    this.#pue = new Slider('PUE', (pue) => {
      this.#factor = pue;
      this.#show();
    });
    this.node = element('div', {}, [
      controls([this.#region.node, this.#intensity.node, this.#pue.node]),
      this.#result,
      notes(NOTES),
    ]);
  }

  update(report: CarbonReport): void {
    this.#report = report;
    this.#show();
  }

  #show(): void {
    const report = this.#report;
    if (report === undefined) return;
    const { intensity, total } = report;
    const pue = this.#factor ?? report.pue;
    const grid = this.#grid(intensity.gramsPerKWh);
    this.#region.update(
      [
        [REPORTED, `as reported: ${intensity.name}`],
        [TYPED, 'an intensity that I type'],
        ...this.#regions.map(({ region, name }) => [region, name] as const),
      ],
      this.#chosen,
    );
    this.#intensity.show(Number(grid.value.toPrecision(4)));
    this.#pue.update(pue, pue.toFixed(2), { ...PUE, max: Math.max(PUE.max, report.pue) });
    const isReported = grid === intensity.gramsPerKWh && pue === report.pue;
    const found = isReported ? total.co2eG : co2eElsewhere(total.energyJ, grid, pue);
    const times = timesAsMuch(found, total.co2eG);
    keepChildren(this.#result, [
      totals([
        [printQuantity(total.co2eG, 'g'), `CO2e as reported, PUE ${report.pue}`],
        [
          printQuantity(found, 'g'),
          `CO2e if it had been so${times === undefined ? '' : `: ${times}`}`,
        ],
        [printQuantity(total.energyJ, 'J'), 'energy, the same'],
      ]),
    ]);
  }

  #grid(reported: IntensityRange): IntensityRange {
    if (this.#chosen === TYPED && this.#gramsPerKWh !== undefined) {
      const value = this.#gramsPerKWh;
      return { value, low: value, high: value };
    }
    const found = this.#regions.find(({ region }) => region === this.#chosen);
    if (found === undefined) return reported;
    return { value: found.gramsPerKWh, low: found.low, high: found.high };
  }
}
