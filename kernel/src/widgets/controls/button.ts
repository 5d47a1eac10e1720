import { Callbacks } from '../callbacks';
import { part } from '../model/part';
import { text, word } from '../model/trait';
import { modelClass } from '../model/widget';
import { CONTROLS } from '../protocol';
import { ButtonStyle } from '../styles';
import { disabled, type DisabledTraits, visible, type VisibleTraits } from './common';

/** What a button has. */
export interface ButtonTraits extends VisibleTraits, DisabledTraits {
  /** The words on it. */
  description: string;
  /** A name of Font Awesome's, without `fa-`. */
  icon: string;
  /** One of the front end's ways for a button to look. */
  buttonStyle: 'primary' | 'success' | 'info' | 'warning' | 'danger' | '';
  style: ButtonStyle;
}

/** A button: `const go = new Button({ description: 'Train' }); go.onClick(() => train());`. */
export class Button extends modelClass<ButtonTraits>({
  model: 'ButtonModel',
  view: 'ButtonView',
  package: CONTROLS,
  traits: {
    ...visible,
    ...disabled,
    description: text(''),
    icon: text(''),
    buttonStyle: word('', ['primary', 'success', 'info', 'warning', 'danger', '']),
    style: part(ButtonStyle),
  },
}) {
  private readonly clicks = new Callbacks<[button: Button]>();

  /**
   * Calls `handler` at each click. Returns what undoes it. What `handler` shows, and an error of it, appears
   * with the cell that has called this.
   */
  onClick(handler: (button: Button) => unknown): () => void {
    return this.clicks.add(handler);
  }

  /** As if it was clicked. */
  click(): void {
    void Promise.all(this.clicks.call(this));
  }

  protected override heard(content: unknown): Promise<void>[] {
    const event = (content as { readonly event?: unknown } | null | undefined)?.event;
    return event === 'click' ? this.clicks.call(this) : [];
  }
}
