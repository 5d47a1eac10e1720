import type { NotebookPanel } from '@jupyterlab/notebook';
import {
  ENERGY_TARGET,
  energyMessage,
  POLICY_TARGET,
  policyReport,
  VARIABLES_TARGET,
  variablesMessage,
  type EnergyRow,
  type PolicyReport,
  type PowerSample,
  type SessionEnergyReport,
  type VariableRow,
  type VariableValues,
} from 'halfnote/mime/front-end';
import { Feed } from './feed';
import { energyIntervalS } from './interval';

/** A notebook's energy, as far as somebody wants to know it. */
export interface EnergyState {
  readonly session: SessionEnergyReport;
  readonly rows: ReadonlyMap<number, EnergyRow>;
  readonly hidden: number;
  readonly power: readonly PowerSample[];
}

export interface VariablesState {
  readonly busy: boolean;
  /** Null until they were told once. */
  readonly rows: readonly VariableRow[] | null;
  readonly hidden: number;
  readonly values: ReadonlyMap<string, VariableValues>;
  /** Counts lists: values of before another one are old. */
  readonly version: number;
}

interface Feeds {
  readonly policy: Feed<PolicyReport>;
  readonly energy: Feed<EnergyState>;
  readonly variables: Feed<VariablesState>;
}

const known = new WeakMap<NotebookPanel, Feeds>();

/** What a notebook's kernel tells: the same for all that show it. */
export function feedsOf(panel: NotebookPanel): Feeds {
  const feeds = known.get(panel) ?? {
    policy: new Feed({
      ...{ panel, target: POLICY_TARGET },
      take: (message) => policyReport(message),
      ask: () => ({}),
    }),
    energy: new Feed<EnergyState>({
      ...{ panel, target: ENERGY_TARGET, take: takeEnergy },
      ask: (wants) => ({
        wants: wants.includes('cells') ? 'cells' : 'session',
        intervalS: energyIntervalS(),
      }),
    }),
    variables: new Feed<VariablesState>({
      ...{ panel, target: VARIABLES_TARGET, take: takeVariables },
      ask: () => ({}),
    }),
  };
  known.set(panel, feeds);
  return feeds;
}

export function takeEnergy(
  message: unknown,
  before: EnergyState | undefined,
): EnergyState | undefined {
  const read = energyMessage(message);
  if (read === undefined) return undefined;
  const { session, cells } = read;
  const none = { rows: new Map<number, EnergyRow>(), hidden: 0, power: [] };
  if (cells === undefined) return { ...(before ?? none), session };
  const rows = new Map(cells.isWhole ? [] : before?.rows);
  for (const row of cells.rows) rows.set(row.id, row);
  return { session, rows, hidden: cells.hidden, power: cells.power };
}

export function takeVariables(
  message: unknown,
  before: VariablesState | undefined,
): VariablesState | undefined {
  const read = variablesMessage(message);
  if (read === undefined) return undefined;
  const { busy, rows, hidden, values } = read;
  const isList = rows !== null;
  const kept = new Map(isList ? [] : before?.values);
  if (values !== null) kept.set(values.name, values.of);
  return {
    busy,
    rows: rows ?? before?.rows ?? null,
    hidden: isList ? hidden : (before?.hidden ?? 0),
    values: kept,
    version: (before?.version ?? 0) + (isList ? 1 : 0),
  };
}
