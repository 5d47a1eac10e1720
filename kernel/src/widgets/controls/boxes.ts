import type { AnyWidget } from '../model/any-widget';
import { children } from '../model/part';
import { type Traits, word } from '../model/trait';
import { type Given, type ModelClass, modelClass } from '../model/widget';
import { CONTROLS } from '../protocol';
import { visible, type VisibleTraits } from './common';

/** What a box has. */
export interface BoxTraits extends VisibleTraits {
  /** The widgets in it. Give a new list to change them. */
  children: readonly AnyWidget[];
  boxStyle: 'success' | 'info' | 'warning' | 'danger' | '';
}

/** What a new one is made with, beside the widgets in it. */
export type BoxOptions = Given<Omit<BoxTraits, 'children'>>;

const traits: Traits<BoxTraits> = {
  ...visible,
  children: children(),
  boxStyle: word('', ['success', 'info', 'warning', 'danger', '']),
};

function box(name: string): ModelClass<BoxTraits> {
  return modelClass<BoxTraits>({
    model: `${name}Model`,
    view: `${name}View`,
    package: CONTROLS,
    traits,
  });
}

/** Widgets beside each other: `new HBox([slider, button])`. */
export class HBox extends box('HBox') {
  constructor(inner: readonly AnyWidget[] = [], options: BoxOptions = {}) {
    super({ ...options, children: inner });
  }
}

/** Widgets below each other: `new VBox([slider, button])`. */
export class VBox extends box('VBox') {
  constructor(inner: readonly AnyWidget[] = [], options: BoxOptions = {}) {
    super({ ...options, children: inner });
  }
}
