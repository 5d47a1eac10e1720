import { codeFields } from './code-fields';
import type { FormatOrName } from './format';
import type { BitField } from './results';
import { asFormat } from './table';

export { hexCode } from './code-fields';

/** The bits of a code by their meaning, highest first. */
export function bitFields(format: FormatOrName, code: number): readonly BitField[] {
  return codeFields(asFormat(format), code);
}
