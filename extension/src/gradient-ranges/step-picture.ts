import { element } from '../dom/element';
import { Drawing } from './drawing';
import type { Reading } from './reading';
import { cellText, type StepMap } from './step-map';
import { cellAt, drawStepMap } from './step-map-drawing';
import { Walk, type Place } from './walk';

export interface StepPictureOptions {
  /** Called with the cell that the reader walks to, in words. */
  readonly onMove: (text: string) => void;
  /** Called with the layer and the step that the reader chooses. */
  readonly onChoose: (chosen: { readonly row: number; readonly step: number }) => void;
}

/** Layers by steps: to be walked by arrow keys, and chosen from by Enter or a click. */
export class StepPicture {
  readonly node: HTMLElement;
  readonly #options: StepPictureOptions;
  readonly #drawing = new Drawing();
  readonly #walk: Walk;
  #map: StepMap | undefined;
  #reading: Reading | undefined;
  #cursor: Place | undefined;

  constructor(options: StepPictureOptions) {
    this.#options = options;
    this.#walk = new Walk(this.#drawing.node, {
      label: 'Layers by steps: arrow keys go from cell to cell, Enter shows its steps alone',
      onMove: (place) => {
        this.#cursor = place;
        if (place !== undefined) options.onMove(this.#text(place));
        this.#draw();
      },
      onChoose: (place) => {
        this.#choose(place);
      },
    });
    this.node = element('figure', { class: 'hn-figure hn-steps' }, [this.#walk.node]);
    const placeOf = ({ clientX, clientY }: MouseEvent): Place | undefined => {
      const { left, top } = this.#drawing.node.getBoundingClientRect();
      if (this.#map === undefined) return undefined;
      return cellAt(this.#map, this.#drawing.width, clientX - left, clientY - top);
    };
    this.#drawing.node.style.cursor = 'pointer';
    this.#drawing.node.addEventListener('click', (event) => {
      const place = placeOf(event);
      if (place !== undefined) this.#choose(place);
    });
    this.#drawing.node.addEventListener('mousemove', (event) => {
      const place = placeOf(event);
      this.#drawing.node.title = place === undefined ? '' : this.#text(place);
    });
  }

  update(map: StepMap | undefined, reading: Reading): void {
    this.#map = map;
    this.#reading = reading;
    this.node.hidden = map === undefined;
    if (map === undefined) return;
    this.#walk.resize(map.rows.length, map.slots.length);
    this.node.setAttribute('aria-label', describe(map, reading));
    this.#draw();
  }

  dispose(): void {
    this.#drawing.dispose();
  }

  #choose({ row, column }: Place): void {
    const slot = this.#map?.slots[column];
    if (slot !== undefined) this.#options.onChoose({ row, step: slot.firstStep });
  }

  #text({ row, column }: Place): string {
    if (this.#map === undefined || this.#reading === undefined) return '';
    return cellText(this.#map, row, column, this.#reading.kind);
  }

  #draw(): void {
    const map = this.#map;
    if (map === undefined) return;
    this.#drawing.draw((width) =>
      drawStepMap(map, width, { slot: this.#reading?.slot, cursor: this.#cursor }),
    );
  }
}

/** The figure in words: the cell that is worst. */
function describe(map: StepMap, { format, kind }: Reading): string {
  let [text, most] = ['', 0];
  for (const [row, { cells }] of map.rows.entries()) {
    for (const [column, { lost }] of cells.entries()) {
      const share = lost.underflow + lost.overflow;
      if (share <= most) continue;
      most = share;
      text = ` Most at once: ${cellText(map, row, column, kind)}.`;
    }
  }
  return (
    `What ${map.rows.length} layers lost in ${format.label} over ${map.slots.length} times.` +
    (most === 0 ? ` Nothing.` : text)
  );
}
