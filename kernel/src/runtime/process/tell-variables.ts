import type { Host } from '../../host';
import { VARIABLES_ASKED, VARIABLES_TOLD } from '../messages';

/** Answers what the kernel process asks of the variables: what looks at them is loaded by then. */
export function tellVariables(host: Required<Pick<Host, 'own'>> & Host): void {
  host.onNotify(VARIABLES_ASKED, (params) => {
    const { values: name } = params as { readonly values?: string };
    // Nobody waits for it: a cell that was interrupted meanwhile is asked again when it has ended.
    host.own(() => answer(host, name)).catch(() => undefined);
  });
}

async function answer(host: Host, name: string | undefined): Promise<void> {
  const { variableList } = await import('../../variables/list.js');
  const { valuesOf } = await import('../../variables/values.js');
  const all = host.variables();
  const values =
    name === undefined
      ? null
      : { name, of: all.has(name) ? valuesOf(all.get(name)) : { kind: 'none', why: 'gone' } };
  await host.call(VARIABLES_TOLD, { ...variableList(all), values });
}
