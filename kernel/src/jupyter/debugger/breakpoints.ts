import type { DapBreakpoint } from './dap';
import type { BreakPlaces } from './break-places';
import { conditionIn } from './expressions';
import type { InspectorClient } from './inspector-client';
import type { UserScript } from './scripts';

/** What a front end asks for. */
export interface Wanted {
  readonly line: number;
  readonly condition: string | undefined;
}

interface Breakpoint extends Wanted {
  readonly id: number;
  /** Where it stops, once that is known. */
  at: number | undefined;
}

/** The breakpoints of each source, in whichever scripts have been made of it or will be. */
export class Breakpoints {
  private readonly bySource = new Map<string, Breakpoint[]>();
  /** The inspector's own, by script. */
  private readonly set = new Map<string, string[]>();
  private nextId = 1;

  /** `changed` is told where one turns out to stop at another line than was said. */
  constructor(private readonly changed: (breakpoint: DapBreakpoint) => void) {}

  /** For `debugInfo`: each at the line where it stops. */
  get all(): readonly {
    readonly source: string;
    readonly breakpoints: readonly { readonly line: number; readonly condition?: string }[];
  }[] {
    return [...this.bySource]
      .filter(([, breakpoints]) => breakpoints.length > 0)
      .map(([source, breakpoints]) => ({
        source,
        breakpoints: breakpoints.map(({ line, at, condition }) => ({
          line: at ?? line,
          ...(condition !== undefined && { condition }),
        })),
      }));
  }

  /** Takes the place of those that `path` had. `places` says where its code can stop, if that is known. */
  async replace(
    client: InspectorClient,
    path: string,
    wanted: readonly Wanted[],
    scripts: readonly UserScript[],
    places: BreakPlaces | undefined,
  ): Promise<readonly DapBreakpoint[]> {
    const breakpoints = wanted.map((each) => ({
      ...each,
      id: this.nextId++,
      at: places?.at(each.line)?.line,
    }));
    this.bySource.set(path, breakpoints);
    for (const script of scripts) await this.put(client, script);
    return breakpoints.map((breakpoint) => told(path, breakpoint, places !== undefined));
  }

  /** Sets in a script what its source has, in place of what was set there. */
  async put(client: InspectorClient, script: UserScript): Promise<void> {
    const before = this.set.get(script.id) ?? [];
    this.set.delete(script.id);
    for (const breakpointId of before)
      await client.request('Debugger.removeBreakpoint', { breakpointId });
    const ids: string[] = [];
    for (const breakpoint of this.bySource.get(script.path) ?? []) {
      const place = script.breaks.at(breakpoint.line);
      if (place?.line !== breakpoint.at) {
        breakpoint.at = place?.line;
        this.changed(told(script.path, breakpoint, true));
      }
      if (!place) continue;
      const { scriptId, lineNumber, columnNumber } = place.location;
      const { condition } = breakpoint;
      const { breakpointId } = await client
        .request('Debugger.setBreakpoint', {
          location: { scriptId, lineNumber, columnNumber },
          ...(condition !== undefined && { condition: conditionIn(condition) }),
        })
        // Another one of the same place is there: it stops there as well.
        .catch(() => ({ breakpointId: undefined }));
      if (typeof breakpointId === 'string') ids.push(breakpointId);
    }
    if (ids.length > 0) this.set.set(script.id, ids);
  }

  /** The process is gone, with what was set in its scripts. */
  lost(): void {
    this.set.clear();
  }

  clear(): void {
    this.lost();
    this.bySource.clear();
  }
}

function told(path: string, { id, line, at }: Breakpoint, isKnown: boolean): DapBreakpoint {
  const source = { path };
  if (at !== undefined) return { id, verified: true, line: at, source };
  const message = isKnown
    ? `no code at line ${line} or after it`
    : 'its code has not run yet and could not be compiled: the line is looked for when it runs';
  return { id, verified: false, line, source, message };
}
