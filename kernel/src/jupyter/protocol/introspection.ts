import type { MimeBundle } from '../../host';
import { Fields } from './fields';
import type { JsonObject } from './message';

export interface CursorRequest {
  readonly code: string;
  /** In Unicode code points. */
  readonly cursor: number;
}

/** Reads a `complete_request`; without a cursor it stands at the end. */
export function parseComplete(content: JsonObject): CursorRequest {
  return parseCursor('complete_request', content);
}

export interface InspectRequest extends CursorRequest {
  readonly detail: 0 | 1;
}

/** Reads an `inspect_request`. */
export function parseInspect(content: JsonObject): InspectRequest {
  const detail = new Fields('inspect_request', content).choice('detail_level', [0, 1], 0);
  return { ...parseCursor('inspect_request', content), detail: detail === 1 ? 1 : 0 };
}

/** Reads an `is_complete_request`. */
export function parseIsComplete(content: JsonObject): { readonly code: string } {
  return { code: new Fields('is_complete_request', content).string('code') };
}

function parseCursor(type: string, content: JsonObject): CursorRequest {
  const fields = new Fields(type, content);
  const code = fields.string('code');
  // Front ends that count UTF-16 code units mean the end by what is past it in code points.
  const { length } = code;
  return { code, cursor: fields.integerWithin('cursor_pos', 0, length, length) };
}

/** One entry of `_jupyter_types_experimental`, which JupyterLab shows as the kind of a completion. */
export interface TypedMatch {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly type: string;
}

export interface CompleteReply {
  readonly status: 'ok';
  readonly matches: readonly string[];
  readonly cursor_start: number;
  readonly cursor_end: number;
  readonly metadata: { readonly _jupyter_types_experimental: readonly TypedMatch[] };
}

export interface InspectReply {
  readonly status: 'ok';
  readonly found: boolean;
  readonly data: MimeBundle;
  readonly metadata: JsonObject;
}

export interface IsCompleteReply {
  readonly status: 'complete' | 'incomplete' | 'invalid' | 'unknown';
  readonly indent?: string;
}
