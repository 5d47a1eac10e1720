import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import type { State } from '../protocol';

/** A widget of any kind: what boxes hold. */
export abstract class AnyWidget implements Displayable {
  /** By which front ends and other widgets name it. */
  abstract readonly modelId: string;
  /** All that front ends know of it. */
  abstract get state(): State;
  /** Whether pages can show it. */
  abstract get isOpen(): boolean;
  /** Takes the widget out of every page. Its properties stay readable. */
  abstract close(): void;
  abstract [JUPYTER_DISPLAY](): MimeBundle;
}
