import { Layout } from '../layout';
import { part } from '../model/part';
import {
  flag,
  optionalFlag,
  optionalText,
  text,
  type Trait,
  type Traits,
  wrong,
} from '../model/trait';
import type { Widget } from '../model/widget';

/** What all have that is seen. */
export interface VisibleTraits {
  /** Where and how large it is: a `Layout`, or its properties. */
  layout: Layout;
  /** True: the tab key comes here; null: as the front end has it. */
  tabbable: boolean | null;
  /** Shown while the mouse rests on it. */
  tooltip: string | null;
  /** Classes of CSS. */
  domClasses: readonly string[];
}

/** What those have that stand behind words of their own. */
export interface DescribedTraits extends VisibleTraits {
  /** The words before the control. */
  description: string;
  /** True: these words are HTML. */
  descriptionAllowHtml: boolean;
}

/** What a user can be kept from. */
export interface DisabledTraits {
  /** True: it is shown, and can't be used. */
  disabled: boolean;
}

const classes: Trait<readonly string[]> = {
  initial: () => [],
  check: (value, where) => {
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return [...value];
    throw wrong(where, value, 'a list of classes of CSS, as text');
  },
  key: '_dom_classes',
};

export const visible: Traits<VisibleTraits> = {
  layout: part(Layout),
  tabbable: optionalFlag(),
  tooltip: optionalText(),
  domClasses: classes,
};

export const described: Traits<DescribedTraits> = {
  ...visible,
  description: text(''),
  descriptionAllowHtml: flag(false),
};

export const disabled: Traits<DisabledTraits> = { disabled: flag(false) };

/** A widget with a value that a user chooses. */
export interface ValueWidget<V> {
  value: V;
  /**
   * Calls `handler` when the value has changed, by the user or by a cell. Returns what undoes it. What
   * `handler` shows, and an error of it, appears with the cell that has called this.
   */
  onChange(handler: (value: V, old: V) => unknown): () => void;
}

/** What `onChange` is made of. */
export function onValue<V, T extends { value: V }>(
  widget: Widget<T>,
  handler: (value: V, old: V) => unknown,
): () => void {
  return widget.observe((change) => handler(change.new, change.old), 'value');
}
