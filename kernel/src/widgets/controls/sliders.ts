import { HalfnoteError } from '../../errors';
import { part } from '../model/part';
import { flag, integer, real, step, text, type Traits, word } from '../model/trait';
import { modelClass } from '../model/widget';
import { CONTROLS } from '../protocol';
import { SliderStyle } from '../styles';
import {
  described,
  type DescribedTraits,
  disabled,
  type DisabledTraits,
  onValue,
  type ValueWidget,
} from './common';

/** What a slider has. */
export interface SliderTraits extends DescribedTraits, DisabledTraits {
  /** Where it stands. What is beyond `min` and `max` becomes the nearer of them. */
  value: number;
  min: number;
  max: number;
  step: number;
  /** True: each place on the way is told; false: the one where it is let go. */
  continuousUpdate: boolean;
  orientation: 'horizontal' | 'vertical';
  /** True: its value stands beside it. */
  readout: boolean;
  /** How, as d3-format says it: `'d'`, `'.2f'`, `'.1e'`. */
  readoutFormat: string;
  behavior: 'drag-tap' | 'drag-snap' | 'tap' | 'drag' | 'snap';
  style: SliderStyle;
}

const shared = {
  ...described,
  ...disabled,
  continuousUpdate: flag(true),
  orientation: word('horizontal', ['horizontal', 'vertical']),
  readout: flag(true),
  behavior: word('drag-tap', ['drag-tap', 'drag-snap', 'tap', 'drag', 'snap']),
  style: part(SliderStyle),
} satisfies Partial<Traits<SliderTraits>>;

/** The value lies between the limits, which can't be the other way round. */
function settle(
  next: SliderTraits,
  _changed: ReadonlySet<keyof SliderTraits>,
  _current: SliderTraits | undefined,
  where: string,
): void {
  if (next.min > next.max)
    throw new HalfnoteError(
      'invalid-argument',
      `${where}.min is ${next.min} and max is ${next.max}. Allowed: a min up to max.`,
      'Set both at once where they move past each other: slider.set({ min, max }).',
    );
  next.value = Math.min(Math.max(next.value, next.min), next.max);
}

/** A slider over whole numbers: `new IntSlider({ value: 8, min: 2, max: 16, description: 'bits' })`. */
export class IntSlider
  extends modelClass<SliderTraits>({
    model: 'IntSliderModel',
    view: 'IntSliderView',
    package: CONTROLS,
    traits: {
      ...shared,
      value: integer(0),
      min: integer(0),
      max: integer(100),
      step: step(1, true),
      readoutFormat: text('d'),
    },
    settle,
  })
  implements ValueWidget<number>
{
  onChange(handler: (value: number, old: number) => unknown): () => void {
    return onValue<number, SliderTraits>(this, handler);
  }
}

/** A slider over real numbers: `new FloatSlider({ value: 0.1, min: 0, max: 1, step: 0.01 })`. */
export class FloatSlider
  extends modelClass<SliderTraits>({
    model: 'FloatSliderModel',
    view: 'FloatSliderView',
    package: CONTROLS,
    traits: {
      ...shared,
      value: real(0),
      min: real(0),
      max: real(100),
      step: step(0.1, false),
      readoutFormat: text('.2f'),
    },
    settle,
  })
  implements ValueWidget<number>
{
  onChange(handler: (value: number, old: number) => unknown): () => void {
    return onValue<number, SliderTraits>(this, handler);
  }
}
