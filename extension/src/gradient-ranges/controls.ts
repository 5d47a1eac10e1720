import { decodeNumber, powerOfTwo, scaleText } from 'halfnote/mime';
import {
  isScaled,
  KIND_NAMES,
  slotName,
  type GradientRanges,
  type RangeSlot,
} from 'halfnote/mime/ranges';
import { Choice } from '../dom/choice';
import { controls } from '../dom/controls';
import { element } from '../dom/element';
import { Slider } from '../dom/slider';
import { exponentOf, SCALES, type Choices, type Kind, type Reading } from './reading';

/** The reader's controls: the format, the kind of values where there are several, the loss scale. */
export class Controls {
  readonly node: HTMLElement;
  readonly #format: Choice;
  readonly #kind: Choice;
  readonly #scale: Slider;
  readonly #recorded = element('button', { type: 'button', class: 'hn-button' });
  readonly #suggested = element('button', { type: 'button', class: 'hn-button' });
  readonly #steps: Slider;
  readonly #scaleGroup: HTMLElement;
  #presets: readonly [recorded: number, suggested: number] = [0, 0];
  #slots: readonly RangeSlot[] = [];
  readonly #choose: (choices: Choices) => void;

  constructor(choose: (choices: Choices) => void) {
    this.#choose = choose;
    this.#format = new Choice('Format', (format) => {
      choose({ format });
    });
    this.#kind = new Choice('Values', (kind) => {
      choose({ kind: kind as Kind });
    });
    this.#steps = new Slider('Steps', (value) => {
      this.#scrub(value);
    });
    this.#scale = new Slider('Loss scale', (scaleExponent) => {
      choose({ scaleExponent });
    });
    this.#scaleGroup = element('div', { class: 'hn-scale' }, [
      this.#scale.node,
      this.#recorded,
      this.#suggested,
    ]);
    this.node = controls([this.#format.node, this.#kind.node, this.#steps.node, this.#scaleGroup]);
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
    this.#steps.node.hidden = slots.length === 0;
    this.#steps.update(
      reading.slot === undefined ? 0 : reading.slot + 1,
      slot === undefined ? 'all steps' : slotName(slot),
      { min: 0, max: slots.length, step: 1 },
    );
    this.#format.update(
      reading.formats.map(({ id, label }) => [id, label]),
      reading.format.id,
    );
    this.#kind.update(
      reading.kinds.map((kind) => [kind, KIND_NAMES[kind]]),
      reading.kind,
    );
    this.#kind.node.hidden = reading.kinds.length < 2;
    this.#scaleGroup.hidden = !isScaled(reading);
    const { scaleExponent } = reading;
    this.#scale.update(scaleExponent, scaleText(2 ** scaleExponent), { ...SCALES, step: 1 });
    this.#recorded.textContent = `Recorded ${powerOfTwo(this.#presets[0])}`;
    this.#suggested.textContent = `Suggested ${powerOfTwo(this.#presets[1])}`;
  }

  /** At 0 all steps are shown, from 1 on a slot alone, at the loss scale that it had. */
  #scrub(value: number): void {
    const step = value === 0 ? undefined : this.#slots[value - 1]?.firstStep;
    this.#choose({ step, scaleExponent: undefined });
  }
}
