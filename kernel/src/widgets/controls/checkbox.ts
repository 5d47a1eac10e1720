import { part } from '../model/part';
import { flag } from '../model/trait';
import { modelClass } from '../model/widget';
import { CONTROLS } from '../protocol';
import { CheckboxStyle } from '../styles';
import {
  described,
  type DescribedTraits,
  disabled,
  type DisabledTraits,
  onValue,
  type ValueWidget,
} from './common';

/** What a checkbox has. */
export interface CheckboxTraits extends DescribedTraits, DisabledTraits {
  /** True: it is ticked. */
  value: boolean;
  /** True: it stands under the controls above it, not under their words. */
  indent: boolean;
  style: CheckboxStyle;
}

/** Yes or no: `new Checkbox({ value: true, description: 'saturate' })`. */
export class Checkbox
  extends modelClass<CheckboxTraits>({
    model: 'CheckboxModel',
    view: 'CheckboxView',
    package: CONTROLS,
    traits: {
      ...described,
      ...disabled,
      value: flag(false),
      indent: flag(true),
      style: part(CheckboxStyle),
    },
  })
  implements ValueWidget<boolean>
{
  onChange(handler: (value: boolean, old: boolean) => unknown): () => void {
    return onValue<boolean, CheckboxTraits>(this, handler);
  }
}
