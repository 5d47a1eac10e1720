import { element } from '../dom/element';
import { OWN_KEYS } from '../dom/own-keys';

/** A cell of a picture that is walked. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface WalkOptions {
  /** What is walked, in words. */
  readonly label: string;
  /** Called with the cell that the reader has come to, or left by going elsewhere. */
  readonly onMove: (place: Place | undefined) => void;
  /** Called when the reader chooses the cell. */
  readonly onChoose: (place: Place) => void;
}

/** Cells that Page Up and Page Down pass over. */
const PAGE = 8;

/**
 * A picture whose cells are walked by arrow keys: Home and End go to the ends of a row, Page Up and Page Down
 * over some columns, Enter chooses. Where the reader was stays while the picture changes.
 */
export class Walk {
  readonly node: HTMLElement;
  readonly #options: WalkOptions;
  #place: Place = { row: 0, column: 0 };
  #size = { rows: 0, columns: 0 };

  constructor(picture: HTMLElement, options: WalkOptions) {
    this.#options = options;
    this.node = element(
      'div',
      {
        class: 'hn-walk',
        tabindex: 0,
        role: 'application',
        'aria-roledescription': 'heatmap',
        ...OWN_KEYS,
      },
      [picture],
    );
    this.node.setAttribute('aria-label', options.label);
    this.node.addEventListener('keydown', (event) => {
      this.#press(event);
    });
    this.node.addEventListener('focus', () => {
      if (this.node.matches(':focus-visible')) this.#moved();
    });
    this.node.addEventListener('blur', () => {
      options.onMove(undefined);
    });
  }

  /** The picture has so many cells now. */
  resize(rows: number, columns: number): void {
    this.#size = { rows, columns };
    this.#place = this.#within(this.#place);
  }

  /** The cell that the reader is at; undefined while they are elsewhere. */
  get place(): Place | undefined {
    return document.activeElement === this.node && this.node.matches(':focus-visible')
      ? this.#place
      : undefined;
  }

  #press(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#size.rows === 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      this.#options.onChoose(this.#place);
      return;
    }
    const { row, column } = this.#place;
    const to: Readonly<Record<string, Place>> = {
      ArrowUp: { row: row - 1, column },
      ArrowDown: { row: row + 1, column },
      ArrowLeft: { row, column: column - 1 },
      ArrowRight: { row, column: column + 1 },
      PageUp: { row, column: column - PAGE },
      PageDown: { row, column: column + PAGE },
      Home: { row, column: 0 },
      End: { row, column: this.#size.columns - 1 },
    };
    const place = to[event.key];
    if (place === undefined) return;
    // The notebook goes to the next cell by them.
    event.preventDefault();
    event.stopPropagation();
    this.#place = this.#within(place);
    this.#moved();
  }

  #moved(): void {
    if (this.#size.rows > 0) this.#options.onMove(this.#place);
  }

  #within({ row, column }: Place): Place {
    const clamp = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
    return { row: clamp(row, this.#size.rows), column: clamp(column, this.#size.columns) };
  }
}
