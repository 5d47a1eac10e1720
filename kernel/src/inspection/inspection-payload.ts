import { encodeNumber } from '../display/numbers';
import type { NumberFormat } from '../formats/format';
import type { ValueInspection } from '../formats/results';
import type { Inspection, InspectionFormat } from '../payloads/inspection/schema';

/** What the extension needs to show the number's bits, and what any others would stand for. */
export function inspectionPayload(
  { value, formats }: ValueInspection,
  title: string,
  notes: readonly string[],
): Inspection {
  return {
    title,
    value: encodeNumber(value),
    formats: formats.map(({ label, element, unit, code, status }) => ({
      label,
      element: rowOf(element),
      unit: unit === undefined ? null : encodeNumber(unit),
      code,
      status,
    })),
    notes: [...notes],
  };
}

/** The format without its names: in blocks they are those of the element alone. */
function rowOf(format: NumberFormat): InspectionFormat['element'] {
  switch (format.kind) {
    case 'float': {
      const { kind, bits, precision, exponentBias, infinities, nan, signed, subnormals } = format;
      return { kind, bits, precision, exponentBias, infinities, nan, signed, subnormals };
    }
    case 'integer': {
      const { kind, bits, signed } = format;
      return { kind, bits, signed };
    }
    case 'table': {
      const { kind, bits, signed, values, ties } = format;
      return { kind, bits, signed, values: [...values], ties };
    }
  }
}
