import { deviceFacts } from '../backend/load';
import { regime } from '../precision/session';
import type { Planned } from './recorded-run';

/** What of a training the policy in force decides. */
export function underPolicy(): Pick<Planned, 'format' | 'execution' | 'lossScale'> {
  const { policy, loss } = regime();
  return {
    format: policy.compute,
    // A loop that is tracked may need no engine; whoever has set another format has loaded one.
    execution:
      policy.compute === 'fp32' ? 'native' : deviceFacts().formats[policy.compute].execution,
    ...(loss.scaler.checksGradients ? { lossScale: loss } : {}),
  };
}
