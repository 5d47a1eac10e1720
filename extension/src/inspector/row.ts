import {
  bitsOf,
  readCode,
  type Bit,
  type CodeReading,
  type InspectionFormat,
} from 'halfnote/mime/inspection';

/** A format with the code that the reader has made of the one that was rounded to. */
export interface Row {
  /** Among the payload's formats. */
  readonly index: number;
  readonly format: InspectionFormat;
  readonly code: number;
  readonly reading: CodeReading;
  readonly bits: readonly Bit[];
  /** Of the bit that the keyboard reaches. */
  readonly place: number;
}

/** @param place Of the bit that the keyboard reaches; none of the format's is its first. */
export function rowOf(
  format: InspectionFormat,
  index: number,
  original: number,
  code: number,
  place: number,
): Row {
  const reading = readCode(format, original, code);
  const bits = bitsOf(reading.fields);
  return { index, format, code, reading, bits, place: place < bits.length ? place : 0 };
}
