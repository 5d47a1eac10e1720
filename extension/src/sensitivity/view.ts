import '../../style/handles.css';
import { bytes, percent, significant, verdictOf } from 'halfnote/mime';
import {
  changeText,
  FLOAT,
  planCell,
  Plans,
  sensitivity,
  type BudgetKind,
  type Plan,
  type Sensitivity,
} from 'halfnote/mime/sensitivity';
import { Choice } from '../dom/choice';
import { controls } from '../dom/controls';
import { element, uniqueId } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { OWN_KEYS } from '../dom/own-keys';
import { details, heading, notes, totals } from '../dom/parts';
import { Slider } from '../dom/slider';
import { SortableTable } from '../dom/table';
import { NextStep, VerdictLine } from '../dom/verdict-line';
import { check as checkPayload, type Checked } from '../payload';
import { Chart } from '../plot/chart';
import type { View } from '../view';
import { budgetKinds, limitAt, limitText, placeOf, rangeOf, STEPS } from './budget';
import { columnsOf, type Row } from './columns';
import { curveFigure, layersFigure } from './figure';

const PREDICTED =
  'Predicted: each layer was rounded alone, and its harm is added up, as chooseBits does before it measures. ' +
  'The cell quantizes a `model`: put in the name of yours.';

/** Checks data that claims to be a sensitivity. */
export function check(data: unknown): Checked<Sensitivity> {
  return checkPayload(sensitivity, data);
}

/** What layers bear, and the formats that a budget leaves them: a slider, a curve and the cell that does it. */
export function createView(): View<Sensitivity> {
  const node = element('section', { class: 'hn-view hn-sensitivity', role: 'group' });
  const verdict = new VerdictLine();
  const outcome = element('div', { role: 'status' });
  const next = new NextStep('', 'Quantize so');
  const table = new SortableTable<Row>({ caption: 'Formats of the layers', columns: [] });
  table.node.classList.add('hn-tall');
  let payload: Sensitivity | undefined;
  let plans: Plans | undefined;
  let kind: BudgetKind = 'bytes';
  let place: number | undefined;

  const curve = new Chart({
    onClick: ({ x }) => {
      if (plans === undefined || typeof x !== 'number') return;
      const range = rangeOf(plans, 'bytes');
      if (range === undefined) return;
      kind = 'bytes';
      place = placeOf(range, x);
      void show();
    },
  });
  const alone = new Chart();
  const kinds = new Choice('Budget', (value) => {
    kind = budgetKinds(payload as Sensitivity).find(([name]) => name === value)?.[0] ?? 'bytes';
    place = undefined;
    void show();
  });
  const slider = new Slider('Limit', (value) => {
    place = value;
    void show();
  });
  const withFloat = element('input', {
    type: 'checkbox',
    id: uniqueId('float'),
    ...OWN_KEYS,
  });
  withFloat.addEventListener('change', () => {
    plans = payload && new Plans(payload, withFloat.checked);
    place = undefined;
    void show();
  });
  const tools = controls([
    kinds.node,
    slider.node,
    element('div', { class: 'hn-control' }, [
      withFloat,
      element('label', { for: withFloat.id }, [`layers may stay in ${FLOAT}`]),
    ]),
  ]);

  const show = async (): Promise<void> => {
    if (payload === undefined || plans === undefined) return;
    const [data, all] = [payload, plans];
    kinds.update(budgetKinds(data), kind);
    const range = rangeOf(all, kind);
    slider.node.hidden = range === undefined;
    const at = place ?? STEPS / 2;
    let plan = all.at(0);
    if (range !== undefined) {
      const limit = limitAt(range, at);
      slider.update(at, limitText(kind, limit, data), { min: 0, max: STEPS, step: 1 });
      plan = all.within({ kind, limit });
    }
    keepChildren(outcome, plan === undefined ? [unreachable()] : [figures(data, all, plan)]);
    next.update(plan && planCell(data, all.formats, plan));
    table.setColumns(columnsOf(data));
    table.update(plan === undefined ? [] : rows(data, all, plan));
    curve.node.hidden = all.length === 0;
    if (all.length > 0) await curve.draw((theme) => curveFigure(all, plan, theme));
  };
  return {
    node,
    async update(given) {
      payload = given;
      plans = new Plans(given, withFloat.checked);
      node.setAttribute('aria-label', given.title);
      verdict.update(given.verdict && verdictOf(given.verdict));
      keepChildren(node, [
        verdict.node,
        heading(given.title, [`${given.samples.toLocaleString('en')} samples`]),
        tools,
        outcome,
        next.node,
        curve.node,
        table.node,
        details('Each layer alone, as a chart', [alone.node]),
        details('How this was found', [notes([PREDICTED, ...given.notes])]),
      ]);
      await show();
      await alone.draw((theme) => layersFigure(given, theme));
    },
    dispose() {
      curve.dispose();
      alone.dispose();
    },
  };
}

function rows({ layers }: Sensitivity, { formats }: Plans, { chosen }: Plan): Row[] {
  return layers.map((layer, i): Row => {
    const index = chosen[i] ?? 0;
    return {
      layer,
      index,
      format: formats[index] ?? FLOAT,
      bytes: layer.formats[index]?.bytes ?? layer.unfoldedBytes,
    };
  });
}

function figures(payload: Sensitivity, plans: Plans, plan: Plan): HTMLElement {
  const { scoreMetric, layers, fixedBytes } = payload;
  const floatBytes = layers.reduce((sum, layer) => sum + layer.unfoldedBytes, fixedBytes ?? 0);
  const gap = plans.gapOf(plan);
  return totals([
    [bytes(plan.bytes), `weights, ${percent(plan.bytes / floatBytes)} of ${FLOAT}`],
    [`${significant(plan.sqnrDb)} dB`, 'signal to noise, predicted'],
    ...(scoreMetric === 'none' || Number.isNaN(plan.drop)
      ? []
      : [[changeText(plan.drop, scoreMetric), `${scoreMetric}, predicted`] as const]),
    ...(gap === undefined || gap < 0.001
      ? []
      : [[percent(gap), 'less harm at best: the search was cut short'] as const]),
  ]);
}

function unreachable(): HTMLElement {
  return element('p', { class: 'hn-hint' }, ['No choice of these formats keeps to this limit.']);
}
