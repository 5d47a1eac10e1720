import { decodeNumber, significant } from 'halfnote/mime';
import {
  runName,
  sentence,
  trainingRun,
  whereItIs,
  type TrainingRun,
} from 'halfnote/mime/training';
import { element } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { badge, details } from '../dom/parts';
import { SortableTable, type Column } from '../dom/table';
import { check as checkPayload, type Checked } from '../payload';
import { Chart } from '../plot/chart';
import type { View } from '../view';
import { hasCurves, trainingFigure } from './figure';

type Epoch = TrainingRun['trained'][number];

/** Checks data that claims to be a training. */
export function check(data: unknown): Checked<TrainingRun> {
  return checkPayload(trainingRun, data);
}

/** A training: how far it is, its curves over one axis of steps, and its epochs as a table. */
export function createView(): View<TrainingRun> {
  const node = element('section', { class: 'hn-view hn-training-run', role: 'group' });
  const head = element('div', { class: 'hn-heading' });
  const table = new SortableTable<Epoch>({ caption: 'Epochs', columns: [] });
  const epochs = details('Epochs as a table', [table.node]);
  const chart = new Chart();
  node.append(head, chart.node, epochs);
  return {
    node,
    async update(run) {
      node.setAttribute('aria-label', run.title);
      keepChildren(head, run.state === 'running' ? progress(run) : summary(run));
      epochs.hidden = run.trained.length === 0;
      table.setColumns(columns(run));
      table.update(run.trained);
      chart.node.hidden = !hasCurves(run);
      if (hasCurves(run)) await chart.draw((theme) => trainingFigure(run, theme));
    },
    dispose() {
      chart.dispose();
    },
  };
}

function progress(run: TrainingRun): HTMLElement[] {
  const { step, steps, execution } = run;
  const done = steps === null ? {} : { max: String(Math.max(1, steps)), value: String(step) };
  return [
    element('div', { class: 'hn-title' }, [`${run.title} in ${run.format} `, badge(execution)]),
    element('progress', { class: 'hn-progress', 'aria-label': runName(run), ...done }),
    element('div', { class: 'hn-facts' }, [whereItIs(run)]),
  ];
}

function summary(run: TrainingRun): HTMLElement[] {
  return [
    element('div', { class: 'hn-title' }, [`${run.title} in ${run.format} `, badge(run.execution)]),
    element('div', { class: 'hn-facts' }, [sentence(run).slice(runName(run).length + 2)]),
  ];
}

function columns({ trained }: TrainingRun): readonly Column<Epoch>[] {
  const names = [...new Set(trained.flatMap(({ values }) => Object.keys(values)))].slice(0, 20);
  const valueOf = (epoch: Epoch, name: string): number => decodeNumber(epoch.values[name] ?? NaN);
  return [
    {
      id: 'epoch',
      title: 'Epoch',
      hint: 'From 1 on',
      numeric: true,
      value: ({ epoch }) => epoch,
      cell: ({ epoch }) => String(epoch),
    },
    ...names.map((name) => ({
      id: name,
      title: name,
      hint: 'Mean over the epoch',
      numeric: true,
      value: (epoch: Epoch) => valueOf(epoch, name),
      cell: (epoch: Epoch) => significant(valueOf(epoch, name)),
    })),
  ];
}
