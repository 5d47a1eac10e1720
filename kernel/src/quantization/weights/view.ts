import { picture, stacked, viewBundle, type Fallback } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { significant } from '../../display/units';
import { subjectOf } from '../../display/variable-name';
import { howFound, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { MIME } from '../../payloads/mime-types';
import type { WeightLayer } from '../../payloads/weights/histograms';
import {
  noisiestFirst,
  scaleText,
  shareText,
  sqnrText,
  worstChannelBrief,
} from '../../payloads/weights/words';
import { weightsChart } from './chart';
import { weightPayload } from './payload';
import { weightMethods, weightsVerdict } from './verdict';
import type { WeightFigures } from './weight-figures';

/** The weights of a quantized model before and after rounding. */
export interface WeightHistogramsResult {
  readonly model: string;
  readonly mode: string;
  readonly layers: readonly WeightFigures[];
  /** What was done to the weights before they were rounded. */
  readonly repairs: readonly string[];
}

const COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Format', align: 'left' },
  { header: 'SQNR' },
  { header: 'RMS', group: 'Error' },
  { header: 'Largest', group: 'Error' },
  { header: 'Saturated' },
  { header: 'To zero' },
  { header: 'Scale', align: 'left' },
  { header: 'Worst channel' },
];

/** What {@link weightHistograms} found. Shows itself as a table by layer, and histograms of the noisiest. */
export class WeightHistograms implements Displayable {
  constructor(readonly result: WeightHistogramsResult) {}

  get layers(): readonly WeightFigures[] {
    return this.result.layers;
  }

  /** What became of one layer's weights, or undefined. */
  layer(name: string): WeightFigures | undefined {
    return this.layers.find((layer) => layer.name === name);
  }

  /** The layers by signal to noise, the noisiest first. */
  get ranked(): readonly WeightFigures[] {
    return noisiestFirst(this.layers).flatMap((index) => this.layers[index] ?? []);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { model, layers, mode, repairs } = this.result;
    const methods = weightMethods(mode, repairs);
    const payload = weightPayload(model, layers, methods);
    return viewBundle(MIME.weightHistograms, payload, this.#view(payload.layers, methods));
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }

  #view(layers: readonly WeightLayer[], methods: readonly string[]): Fallback {
    const { model } = this.result;
    return stacked(
      verdict(weightsVerdict(this.layers, subjectOf(this))),
      picture((width) => weightsChart(model, layers, width)),
      layers.length === 0
        ? { html: '', text: '' }
        : worstFirst(COLUMNS, layers.map(row), noisiestFirst(layers), {
            what: 'layers',
            order: 'least signal to noise first',
            caption: `Weights of ${model} before and after rounding`,
          }),
      howFound(methods),
    );
  }
}

function row(layer: WeightLayer): Row {
  return [
    layer.name,
    layer.format,
    sqnrText(layer.sqnrDb),
    significant(layer.rmsError),
    significant(layer.maxError),
    shareText(layer.saturated),
    shareText(layer.zeroed),
    scaleText(layer),
    worstChannelBrief(layer),
  ];
}
