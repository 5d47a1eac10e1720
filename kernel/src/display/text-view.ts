import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../host';

/** Something that shows itself in a notebook, and as text when it is printed. */
export class TextView implements Displayable {
  constructor(private readonly bundle: MimeBundle) {}

  /** Plain text only. */
  static of(text: string): TextView {
    return new TextView({ 'text/plain': text });
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return this.bundle;
  }

  toString(): string {
    return String(this.bundle['text/plain']);
  }
}
