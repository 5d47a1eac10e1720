import { DEBUG_HOOK, type ScriptFacts } from '../../runtime/inspector-messages';
import { CellPlaces, ModulePlaces, type ScriptPlaces } from '../../runtime/source-places';
import { UserSource } from '../../runtime/user-source';
import { BreakPlaces } from './break-places';
import { cellPath, type CellPathRule } from './cell-paths';
import type { InspectorClient } from './inspector-client';
import type { BreakLocation, Evaluated } from './inspector-types';

/** A script of the user's that runs or has run: a cell, or a module beside the notebook. */
export interface UserScript {
  readonly id: string;
  /** In stack traces: `cell[3]`, or a module's path. */
  readonly name: string;
  /** For a front end: a cell's goes by its code, a module's is its own. */
  readonly path: string;
  /** What the user wrote; undefined for a module, whose file has it. */
  readonly text: string | undefined;
  readonly places: ScriptPlaces;
  readonly breaks: BreakPlaces;
}

/** JavaScript for the inspector: the cell process's `DebugHook`. */
export const HOOK = `globalThis[Symbol.for('${DEBUG_HOOK}')]`;

/** Reads what a script is; undefined where it isn't the user's. */
export async function readScript(
  client: InspectorClient,
  id: string,
  name: string,
  rule: CellPathRule,
): Promise<UserScript | undefined> {
  const { result } = (await client.request('Runtime.evaluate', {
    expression: `${HOOK}?.script(${JSON.stringify(name)})`,
    returnByValue: true,
    silent: true,
  })) as unknown as Evaluated;
  const facts = result.value as ScriptFacts | undefined;
  if (facts === undefined) return undefined;
  if (facts.kind === 'module') {
    const places = new ModulePlaces(facts.maps);
    const breaks = await breaksOf(client, id, places);
    return { id, name, path: name, text: undefined, places, breaks };
  }
  const source = new UserSource(facts.code, facts.source);
  const places = new CellPlaces(source, facts.maps);
  const breaks = await breaksOf(client, id, places);
  return { id, name, path: cellPath(source.text, rule), text: source.text, places, breaks };
}

/** Where a script can stop. */
export async function breaksOf(
  client: InspectorClient,
  scriptId: string,
  places: ScriptPlaces,
): Promise<BreakPlaces> {
  const { locations } = await client.request('Debugger.getPossibleBreakpoints', {
    start: { scriptId, lineNumber: 0, columnNumber: 0 },
  });
  return new BreakPlaces(locations as readonly BreakLocation[], places);
}
