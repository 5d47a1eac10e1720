import { scaleAt, scaleText, type LossScaleHistory } from 'halfnote/mime';
import { literal, type Theme, type Trace } from './figure';

/** The loss scale's exponent as a step function over the steps, and a cross for each skipped step. */
export function lossScaleTraces(
  { points, steps, skippedAt }: LossScaleHistory,
  theme: Theme,
): readonly [scale: Trace, skipped: Trace] {
  const exponents = points.map(({ exponent }) => exponent);
  const told = (step: number, exponent: number, what: string): string =>
    `step ${step.toLocaleString('en')}: ${what} ${literal(scaleText(2 ** exponent))}`;
  return [
    {
      type: 'scatter',
      mode: 'lines',
      line: { shape: 'hv', color: theme.accents[0], width: 2 },
      x: [...points.map(({ step }) => step), steps],
      y: [...exponents, exponents.at(-1)],
      hoverinfo: 'text',
      hovertext: [...points, { step: steps, exponent: exponents.at(-1) ?? 0 }].map(
        ({ step, exponent }) => told(step, exponent, 'scale'),
      ),
    },
    {
      type: 'scatter',
      mode: 'markers',
      cliponaxis: false,
      name: 'skipped step',
      marker: { symbol: 'x', size: 8, color: theme.accents[1] },
      x: [...skippedAt],
      y: skippedAt.map((step) => scaleAt({ points }, step)),
      hoverinfo: 'text',
      hovertext: skippedAt.map((step) => told(step, scaleAt({ points }, step), 'skipped at scale')),
    },
  ];
}
