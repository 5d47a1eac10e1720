import { decodeNumber, powerOfTwo, scaleText } from 'halfnote/mime';
import {
  isScaled,
  KIND_NAMES,
  slotName,
  type GradientRanges,
  type RangeSlot,
} from 'halfnote/mime/ranges';
import { element, uniqueId } from '../dom/element';
import { OWN_KEYS } from '../dom/own-keys';
import { exponentOf, SCALES, type Choices, type Kind, type Reading } from './reading';

/** The reader's controls: the format, the kind of values where there are several, the loss scale. */
export class Controls {
  readonly node = element('div', { class: 'hn-controls' });
  readonly #format = element('select', { ...OWN_KEYS });
  readonly #kind = element('select', { ...OWN_KEYS });
  readonly #slider = element('input', { type: 'range', step: 1, ...SCALES, ...OWN_KEYS });
  readonly #scale = element('output');
  readonly #recorded = element('button', { type: 'button', class: 'hn-button' });
  readonly #suggested = element('button', { type: 'button', class: 'hn-button' });
  readonly #steps = element('input', { type: 'range', step: 1, min: 0, ...OWN_KEYS });
  readonly #stepText = element('output');
  readonly #stepGroup: HTMLElement;
  readonly #kindLabel = labelled('Values', this.#kind);
  readonly #scaleGroup: HTMLElement;
  #presets: readonly [recorded: number, suggested: number] = [0, 0];
  #slots: readonly RangeSlot[] = [];
  readonly #choose: (choices: Choices) => void;

  constructor(choose: (choices: Choices) => void) {
    this.#choose = choose;
    this.#scaleGroup = element('div', { class: 'hn-scale' }, [
      labelled('Loss scale', this.#slider),
      this.#scale,
      this.#recorded,
      this.#suggested,
    ]);
    this.#stepGroup = element('div', { class: 'hn-scale' }, [
      labelled('Steps', this.#steps),
      this.#stepText,
    ]);
    this.node.append(
      labelled('Format', this.#format),
      this.#kindLabel,
      this.#stepGroup,
      this.#scaleGroup,
    );
    this.#steps.addEventListener('input', () => {
      this.#scrub(Number(this.#steps.value));
    });
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
    const { suggested } = payload.lossScale;
    const { slots = [] } = payload.time ?? {};
    const slot = reading.slot === undefined ? undefined : slots[reading.slot];
    const { scale: value } = slot ?? { scale: payload.lossScale.value };
    this.#presets = [exponentOf(decodeNumber(value)), exponentOf(decodeNumber(suggested))];
    this.#slots = slots;
    this.#stepGroup.hidden = slots.length === 0;
    this.#steps.max = String(slots.length);
    this.#steps.value = String(reading.slot === undefined ? 0 : reading.slot + 1);
    const shown = slot === undefined ? 'all steps' : slotName(slot);
    this.#steps.setAttribute('aria-valuetext', shown);
    this.#stepText.textContent = shown;
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

  /** At 0 all steps are shown, from 1 on a slot alone, at the loss scale that it had. */
  #scrub(value: number): void {
    const step = value === 0 ? undefined : this.#slots[value - 1]?.firstStep;
    this.#choose({ step, scaleExponent: undefined });
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
