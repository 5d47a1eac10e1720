import { statSync } from 'node:fs';
import type { CellSource, Runtime } from '../../runtime/contract';
import { CellPlaces, ModulePlaces, type ScriptPlaces } from '../../runtime/source-places';
import { UserSource } from '../../runtime/user-source';
import type { BreakPlaces } from './break-places';
import type { InspectorClient } from './inspector-client';
import { breaksOf } from './scripts';

/** A cell's code with its magics expanded; undefined where these are wrong. */
export type Expand = (
  code: string,
) => { readonly code: string; readonly source?: CellSource | undefined } | undefined;

/** Where code can stop that hasn't run yet: compiled as it will be, and read by V8 without running it. */
export class Previews {
  private readonly known = new Map<string, BreakPlaces>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runtime: Pick<Runtime, 'previewCell' | 'previewModule'>,
    private readonly expand: Expand,
  ) {}

  /** Undefined for what can't be compiled. */
  async cell(client: InspectorClient, code: string): Promise<BreakPlaces | undefined> {
    const known = this.known.get(code);
    if (known) return known;
    const expanded = this.expand(code);
    const cell = expanded && (await this.runtime.previewCell(expanded.code));
    if (!cell) return undefined;
    const places = new CellPlaces(new UserSource(expanded.code, expanded.source), cell);
    const head = cell.isAsync ? 'async function' : 'function';
    const breaks = await this.breaks(client, `(${head} () {\n${cell.js}\n})`, places);
    if (breaks) this.known.set(code, breaks);
    return breaks;
  }

  /** Undefined for a file that isn't there or can't be compiled. */
  async module(client: InspectorClient, path: string): Promise<BreakPlaces | undefined> {
    const age = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (age === undefined) return undefined;
    const key = `${age} ${path}`;
    const known = this.known.get(key);
    if (known) return known;
    const module = await this.runtime.previewModule(path).catch(() => undefined);
    if (!module || module.kind === 'json') return undefined;
    const star = module.kind === 'module' ? '*' : '';
    const head = `${module.isAsync ? 'async ' : ''}function${star}`;
    const places = new ModulePlaces(module.maps);
    const breaks = await this.breaks(client, `(${head} () {\n${module.code}\n})`, places);
    if (breaks) this.known.set(key, breaks);
    return breaks;
  }

  /** One after the other. */
  private breaks(
    client: InspectorClient,
    expression: string,
    places: ScriptPlaces,
  ): Promise<BreakPlaces | undefined> {
    const reading = this.last.then(() => this.read(client, expression, places));
    this.last = reading.catch(() => undefined);
    return reading;
  }

  private async read(
    client: InspectorClient,
    expression: string,
    places: ScriptPlaces,
  ): Promise<BreakPlaces | undefined> {
    // Only for this: enabled, it keeps what is printed.
    await client.request('Runtime.enable');
    try {
      return await this.compile(client, expression, places);
    } finally {
      await client.request('Runtime.disable');
    }
  }

  private async compile(
    client: InspectorClient,
    expression: string,
    places: ScriptPlaces,
  ): Promise<BreakPlaces | undefined> {
    const compiled = await client.request('Runtime.compileScript', {
      expression,
      sourceURL: '',
      persistScript: true,
    });
    const { scriptId } = compiled;
    return typeof scriptId === 'string' ? breaksOf(client, scriptId, places) : undefined;
  }
}
