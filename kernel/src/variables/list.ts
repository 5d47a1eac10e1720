import { isOfUser } from '../display/variable-name';
import { MOST_VARIABLES, type VariableRow } from '../payloads/comms';
import { describe } from './describe';

/** Without what isn't the user's. */
export function usersVariables(all: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  return new Map([...all].filter(([name]) => isOfUser(name)));
}

/** The notebook's variables as data: the newest, where there are many. */
export function variableList(all: ReadonlyMap<string, unknown>): {
  readonly rows: readonly VariableRow[];
  readonly hidden: number;
} {
  const users = [...usersVariables(all)];
  const shown = users.slice(-MOST_VARIABLES);
  return {
    rows: shown.map(([name, value]) => describe(name, value)),
    hidden: users.length - shown.length,
  };
}
