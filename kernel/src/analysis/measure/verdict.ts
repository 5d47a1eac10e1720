import type { Verdict } from '../../display/verdict';
import { listed } from '../../display/words';
import { verdictText } from '../../energy/trials/judge';
import type { TrialsResult, VariantComparison } from '../../energy/trials/result';
import { printQuantity } from '../../quantities/print';

/** Whether the figures may be believed, and then what they are. */
export function measurementVerdict({ verdict, variants, comparisons }: TrialsResult): Verdict {
  const text = verdictText(verdict);
  if (!verdict.valid) return { sentence: text, tone: 'problem' };
  const [first] = variants;
  const energy =
    first?.energyJ == null ? '' : ` and ${printQuantity(first.energyJ, 'J')}, attributed`;
  return {
    sentence:
      comparisons.length === 0 && first !== undefined
        ? `${text}: one run takes ${printQuantity(first.durationS, 's')}${energy}.`
        : `${text}: ${compared(comparisons)}.`,
    tone: verdict.warnings.length > 0 ? 'caution' : 'good',
  };
}

/** Which of the works differ from the first one; of the others it isn't known that they don't. */
function compared(comparisons: readonly VariantComparison[]): string {
  const apart = comparisons.filter(differs).map(({ name }) => name);
  const rest = comparisons.filter((each) => !differs(each)).map(({ name }) => name);
  const from = `from ${comparisons[0]?.baseline ?? 'the first'} in time or energy`;
  const all = (names: readonly string[]): string => listed(names, names.length);
  const open =
    rest.length === 1
      ? `${all(rest)} is not shown to differ`
      : `of ${all(rest)} none is shown to differ`;
  if (apart.length === 0) return `${open} ${from}`;
  const told = `${all(apart)} ${apart.length === 1 ? 'differs' : 'differ'} ${from}`;
  return rest.length === 0 ? told : `${told}; ${open}`;
}

function differs({ durationS, energyJ, machineJ }: VariantComparison): boolean {
  return [durationS, energyJ, machineJ].some(
    (each) => each !== null && each.verdict !== 'no difference shown',
  );
}
