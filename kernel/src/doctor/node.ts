import type { Installation } from '../installation';
import { nodeFault, OLDEST_NODE } from '../remedies/node-version';
import { nodeRemedy } from '../remedies/remedies';
import type { Finding } from './view';

/** Whether this Node.js runs Halfnote, and still has fixes of its makers. */
export function nodeFinding(
  installation: Installation,
  version: string = process.versions.node,
  today: string = new Date().toISOString().slice(0, 10),
): Finding {
  const name = 'Node.js';
  const fault = nodeFault(version, today);
  switch (fault?.kind) {
    case undefined:
      return { name, value: version, state: 'ok' };
    case 'old':
      return {
        name,
        value: `${version}, older than ${OLDEST_NODE}`,
        state: 'missing',
        ...nodeRemedy(installation),
      };
    case 'ended':
      return {
        name,
        value: `${version}, which runs, but has had no fixes since its end of life on ${fault.on}`,
        state: 'note',
        hint: nodeRemedy(installation).hint,
      };
  }
}
