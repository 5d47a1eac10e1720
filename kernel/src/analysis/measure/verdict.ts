import type { Verdict } from '../../display/verdict';
import { counted } from '../../display/words';
import { verdictText } from '../../energy/trials/judge';
import type { TrialsResult } from '../../energy/trials/result';
import { printQuantity } from '../../quantities/print';

/** Whether the figures may be believed, and then what they are. */
export function measurementVerdict({ verdict, variants, comparisons }: TrialsResult): Verdict {
  const text = verdictText(verdict);
  if (!verdict.valid) return { sentence: text, tone: 'problem' };
  const [first] = variants;
  const told = comparisons.flatMap(({ name, durationS, energyJ, machineJ }) => {
    const compared = [durationS, energyJ, machineJ].filter((each) => each !== null);
    return compared.some((each) => each.verdict !== 'no difference shown') ? [name] : [];
  });
  const energy =
    first?.energyJ == null ? '' : ` and ${printQuantity(first.energyJ, 'J')}, attributed`;
  return {
    sentence:
      comparisons.length === 0 && first !== undefined
        ? `${text}: one run takes ${printQuantity(first.durationS, 's')}${energy}.`
        : `${text}: of ${counted(comparisons.length, 'work')} ${told.length === 0 ? 'none differs' : `${told.join(', ')} ${told.length === 1 ? 'differs' : 'differ'}`} from ${first?.name ?? 'the first'} in time or energy.`,
    tone: verdict.warnings.length > 0 ? 'caution' : 'good',
  };
}
