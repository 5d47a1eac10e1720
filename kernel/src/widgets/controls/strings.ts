import { part } from '../model/part';
import { flag, text, type Traits } from '../model/trait';
import { modelClass } from '../model/widget';
import { CONTROLS } from '../protocol';
import { HTMLStyle, LabelStyle, TextStyle } from '../styles';
import {
  described,
  type DescribedTraits,
  disabled,
  type DisabledTraits,
  onValue,
  type ValueWidget,
} from './common';

interface StringTraits extends DescribedTraits {
  value: string;
  /** Stands there while there is no text. */
  placeholder: string;
}

/** What a line of text has. */
export interface TextTraits extends StringTraits, DisabledTraits {
  /** True: each letter is told; false: what stands there at Enter, or when the user goes elsewhere. */
  continuousUpdate: boolean;
  style: TextStyle;
}

/** What HTML has. */
export interface HTMLTraits extends StringTraits {
  style: HTMLStyle;
}

/** What a label has. */
export interface LabelTraits extends StringTraits {
  style: LabelStyle;
}

const string: Traits<StringTraits> = {
  ...described,
  value: text(''),
  // A space of no width, which ipywidgets has so that an empty line keeps its height.
  placeholder: text('\u200b'),
};

/** A line that the user writes: `new Text({ description: 'name' })`. */
export class Text
  extends modelClass<TextTraits>({
    model: 'TextModel',
    view: 'TextView',
    package: CONTROLS,
    traits: { ...string, ...disabled, continuousUpdate: flag(true), style: part(TextStyle) },
  })
  implements ValueWidget<string>
{
  onChange(handler: (value: string, old: string) => unknown): () => void {
    return onValue<string, TextTraits>(this, handler);
  }
}

/** HTML that cells write; the front end takes scripts out of it. */
export class HTML extends modelClass<HTMLTraits>({
  model: 'HTMLModel',
  view: 'HTMLView',
  package: CONTROLS,
  traits: { ...string, style: part(HTMLStyle) },
}) {}

/** A line that cells write; text between dollars is LaTeX. */
export class Label extends modelClass<LabelTraits>({
  model: 'LabelModel',
  view: 'LabelView',
  package: CONTROLS,
  traits: { ...string, style: part(LabelStyle) },
}) {}
