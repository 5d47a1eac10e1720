/** Zeros, or what stands for them, before and after an axis. */
export type Padding = readonly [before: number, after: number];

/** tfjs's `pad`: a word, the same number on all sides, or numbers for each axis of the tensor. */
export type Pad = 'valid' | 'same' | number | readonly Padding[];

export type Rounding = 'floor' | 'round' | 'ceil';

/** A window that slides along one axis. */
export interface Slide {
  readonly input: number;
  /** Of a dilated window, what it spans. */
  readonly window: number;
  readonly stride: number;
}

/** A number or a list as one number an axis. */
export function perAxis(value: unknown, axes: number, otherwise = 1): readonly number[] {
  if (Array.isArray(value)) return value as readonly number[];
  return Array.from({ length: axes }, () => (value as number | null | undefined) ?? otherwise);
}

/** What a window with holes spans. */
export function spanOf(size: number, dilation: number): number {
  return (size - 1) * dilation + 1;
}

/** The padding of the axes between batch and channels; none where TensorFlow knows the word. */
export function numericPadding(pad: Pad, axes: number): readonly Padding[] | undefined {
  if (pad === 'valid' || pad === 'same') return undefined;
  if (typeof pad !== 'number') return pad.slice(1, 1 + axes);
  return Array.from({ length: axes }, (): Padding => [pad, pad]);
}

const ROUND: Readonly<Record<Rounding, (x: number) => number>> = {
  floor: Math.floor,
  round: Math.round,
  ceil: Math.ceil,
};

/** How often the window fits; where a rounding mode makes it more, the last ones reach beyond the padding. */
export function outputSize(
  { input, window, stride }: Slide,
  [before, after]: Padding,
  rounding: Rounding = 'floor',
): number {
  return ROUND[rounding]((input - window + before + after) / stride) + 1;
}

/** The padding with which the window fits that often. */
export function reaching(
  { input, window, stride }: Slide,
  padding: Padding,
  output: number,
): Padding {
  const [before, after] = padding;
  return [before, Math.max(after, (output - 1) * stride + window - input - before)];
}

/** How many numbers of the axis itself each of its windows sees. */
export function seen({ input, window, stride }: Slide, before: number, output: number): number[] {
  return Array.from({ length: output }, (_, index) => {
    const from = index * stride - before;
    return Math.max(0, Math.min(input, from + window) - Math.max(0, from));
  });
}
