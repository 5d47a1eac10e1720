import { decodeNumber, significant } from 'halfnote/mime';
import {
  scaleText,
  shareText,
  sqnrText,
  worstChannelText,
  type WeightLayer,
} from 'halfnote/mime/weights';
import { element } from '../dom/element';
import type { Column } from '../dom/table';

/** The columns of the table of layers. A layer's name is a button that shows its histogram. */
export function weightColumns(options: {
  readonly onOpen: (layer: string) => void;
  readonly isOpen: (layer: string) => boolean;
}): readonly Column<WeightLayer>[] {
  const figure = (
    id: string,
    title: string,
    hint: string,
    value: (layer: WeightLayer) => number | undefined,
    cell: (layer: WeightLayer) => string,
  ): Column<WeightLayer> => ({ id, title, hint, numeric: true, value, cell });
  return [
    {
      id: 'layer',
      title: 'Layer',
      hint: 'Shows the histogram of the layer',
      value: ({ name }) => name,
      cell: ({ name }) => {
        const pressed = String(options.isOpen(name));
        const button = element(
          'button',
          { type: 'button', class: 'hn-link', 'aria-pressed': pressed },
          [name],
        );
        button.addEventListener('click', () => {
          options.onOpen(name);
        });
        return button;
      },
    },
    {
      id: 'format',
      title: 'Format',
      hint: 'What the weights are codes of',
      value: ({ format }) => format,
      cell: ({ format }) => format,
    },
    figure(
      'sqnr',
      'SQNR',
      'Signal to noise of the weights, in dB',
      ({ sqnrDb }) => decodeNumber(sqnrDb),
      ({ sqnrDb }) => sqnrText(sqnrDb),
    ),
    figure(
      'rms',
      'RMS error',
      'Root mean square of what rounding changed',
      ({ rmsError }) => rmsError,
      ({ rmsError }) => significant(rmsError),
    ),
    figure(
      'max',
      'Largest',
      'The largest change of a weight',
      ({ maxError }) => maxError,
      ({ maxError }) => significant(maxError),
    ),
    figure(
      'saturated',
      'Saturated',
      'Beyond the largest number of the format at its scale',
      ({ saturated }) => saturated ?? undefined,
      ({ saturated }) => shareText(saturated),
    ),
    figure(
      'zeroed',
      'To zero',
      'Weights that were not zero and are now',
      ({ zeroed }) => zeroed,
      ({ zeroed }) => shareText(zeroed),
    ),
    {
      id: 'scale',
      title: 'Scale',
      hint: 'From the smallest to the largest, and what shares one',
      value: ({ scale }) => scale?.high,
      cell: scaleText,
    },
    {
      id: 'channel',
      title: 'Worst channel',
      hint: 'The output channel with the least signal to noise: its range, its SQNR',
      value: ({ worstChannel }) => decodeNumber(worstChannel.sqnrDb),
      cell: worstChannelText,
    },
  ];
}
