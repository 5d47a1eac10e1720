import { ensureFacts, regime } from '../precision/session';
import type { Planned } from './recorded-run';

/** What of a training the policy in force decides. */
export function underPolicy(): Pick<Planned, 'format' | 'execution' | 'lossScale'> {
  const { policy, loss } = regime();
  return {
    format: policy.compute,
    execution: ensureFacts().formats[policy.compute].execution,
    ...(loss.scaler.checksGradients ? { lossScale: loss } : {}),
  };
}
