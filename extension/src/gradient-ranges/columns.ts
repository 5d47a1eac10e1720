import { ABSENT, percent, powerOfTwo } from 'halfnote/mime';
import { underflowText } from 'halfnote/mime/ranges';
import { element } from '../dom/element';
import type { Column } from '../dom/table';
import type { LayerReading } from './reading';

/** From this share on, a loss is worth a warning. */
const WORRYING = 0.01;

/** The columns of the table of layers. A layer's name is a button that opens its histogram. */
export function layerColumns(options: {
  readonly onOpen: (layer: string) => void;
  readonly isOpen: (layer: string) => boolean;
}): readonly Column<LayerReading>[] {
  return [
    {
      id: 'layer',
      title: 'Layer',
      hint: 'Opens the histogram of the layer',
      value: ({ layer }) => layer.name,
      cell: ({ layer }) => {
        const pressed = String(options.isOpen(layer.name));
        const button = element(
          'button',
          { type: 'button', class: 'hn-link', 'aria-pressed': pressed },
          [layer.name],
        );
        button.addEventListener('click', () => {
          options.onOpen(layer.name);
        });
        return button;
      },
    },
    {
      id: 'shape',
      title: 'Shape',
      hint: 'Of one tensor',
      value: ({ layer }) => layer.shape.reduce((size, length) => size * length, 1),
      cell: ({ layer }) => (layer.shape.length === 0 ? 'scalar' : layer.shape.join('×')),
    },
    {
      id: 'count',
      title: 'Values',
      hint: 'Counted over all recorded steps',
      numeric: true,
      value: ({ layer }) => layer.count,
      cell: ({ layer }) => layer.count.toLocaleString('en'),
    },
    share(
      'zero',
      'Zero',
      'Zero when it was counted; a note tells where some were lost before',
      ({ stats }) => stats.zero,
    ),
    share(
      'underflow',
      'Underflow',
      'Too small: rounds to zero. A range where zeros may have been lost before they were counted',
      ({ stats, mayBeLost }) => stats.underflow + (mayBeLost ? stats.zero : 0),
      true,
      ({ stats, mayBeLost }) => underflowText(stats, mayBeLost),
    ),
    share('subnormal', 'Subnormal', 'Small: kept with fewer bits', ({ stats }) => stats.subnormal),
    share(
      'overflow',
      'Overflow',
      'Too large: becomes infinite',
      ({ stats }) => stats.overflow,
      true,
    ),
    share('nan', 'NaN', 'Not a number', ({ stats }) => stats.nan, true),
    {
      id: 'range',
      title: 'Range',
      subtitle: 'octaves',
      hint: 'Octaves from the smallest to the largest value',
      numeric: true,
      value: ({ stats }) => stats.dynamicRange,
      cell: ({ stats }) => (stats.dynamicRange === 0 ? ABSENT : String(stats.dynamicRange)),
    },
    {
      id: 'limit',
      title: 'Scale',
      subtitle: 'limit',
      hint: 'The largest loss scale that keeps the largest value an octave below overflow',
      numeric: true,
      value: ({ limit }) => limit ?? undefined,
      cell: ({ limit }) => (limit === null ? ABSENT : powerOfTwo(limit)),
    },
  ];
}

function share(
  id: string,
  title: string,
  hint: string,
  pick: (reading: LayerReading) => number,
  warn = false,
  text: (reading: LayerReading) => string = (reading) => percent(pick(reading)),
): Column<LayerReading> {
  return {
    id,
    title,
    hint,
    numeric: true,
    value: pick,
    cell: (reading) => {
      const value = pick(reading);
      const worrying = warn && value >= WORRYING;
      return element(
        'span',
        { class: worrying ? 'hn-worrying' : value === 0 ? 'hn-absent' : undefined },
        [text(reading)],
      );
    },
  };
}
