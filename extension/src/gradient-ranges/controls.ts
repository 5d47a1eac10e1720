import { decodeNumber, powerOfTwo, scaleText } from 'halfnote/mime';
import { isScaled, type GradientRanges } from 'halfnote/mime/ranges';
import { element, uniqueId } from '../dom/element';
import { exponentOf, KIND_NAMES, SCALES, type Choices, type Kind, type Reading } from './reading';

/** The reader's controls: the format, the kind of values where there are several, the loss scale. */
export class Controls {
  readonly node = element('div', { class: 'hn-controls' });
  readonly #format = element('select');
  readonly #kind = element('select');
  readonly #slider = element('input', { type: 'range', step: 1, ...SCALES });
  readonly #scale = element('output');
  readonly #recorded = element('button', { type: 'button', class: 'hn-button' });
  readonly #suggested = element('button', { type: 'button', class: 'hn-button' });
  readonly #kindLabel = labelled('Values', this.#kind);
  readonly #scaleGroup: HTMLElement;
  #presets: readonly [recorded: number, suggested: number] = [0, 0];

  constructor(choose: (choices: Choices) => void) {
    this.#scaleGroup = element('div', { class: 'hn-scale' }, [
      labelled('Loss scale', this.#slider),
      this.#scale,
      this.#recorded,
      this.#suggested,
    ]);
    this.node.append(labelled('Format', this.#format), this.#kindLabel, this.#scaleGroup);
    this.#format.addEventListener('change', () => {
      choose({ format: this.#format.value });
    });
    this.#kind.addEventListener('change', () => {
      choose({ kind: this.#kind.value as Kind });
    });
    this.#slider.addEventListener('input', () => {
      choose({ scaleExponent: Number(this.#slider.value) });
    });
    this.#recorded.addEventListener('click', () => {
      choose({ scaleExponent: this.#presets[0] });
    });
    this.#suggested.addEventListener('click', () => {
      choose({ scaleExponent: this.#presets[1] });
    });
  }

  update(payload: GradientRanges, reading: Reading): void {
    const { value, suggested } = payload.lossScale;
    this.#presets = [exponentOf(decodeNumber(value)), exponentOf(decodeNumber(suggested))];
    options(
      this.#format,
      reading.formats.map(({ id, label }) => [id, label]),
      reading.format.id,
    );
    options(
      this.#kind,
      reading.kinds.map((kind) => [kind, KIND_NAMES[kind]]),
      reading.kind,
    );
    this.#kindLabel.hidden = reading.kinds.length < 2;
    this.#scaleGroup.hidden = !isScaled(reading);
    this.#slider.value = String(reading.scaleExponent);
    this.#slider.setAttribute('aria-valuetext', String(2 ** reading.scaleExponent));
    this.#scale.textContent = scaleText(2 ** reading.scaleExponent);
    this.#recorded.textContent = `Recorded ${powerOfTwo(this.#presets[0])}`;
    this.#suggested.textContent = `Suggested ${powerOfTwo(this.#presets[1])}`;
  }
}

function labelled(text: string, control: HTMLElement): HTMLElement {
  control.id = uniqueId('control');
  return element('div', { class: 'hn-control' }, [
    element('label', { for: control.id }, [text]),
    control,
  ]);
}

function options(
  select: HTMLSelectElement,
  entries: readonly (readonly [value: string, text: string])[],
  chosen: string,
): void {
  const key = JSON.stringify(entries);
  if (select.dataset['entries'] !== key) {
    select.dataset['entries'] = key;
    select.replaceChildren(...entries.map(([value, text]) => element('option', { value }, [text])));
  }
  select.value = chosen;
}
