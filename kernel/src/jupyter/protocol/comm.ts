import { Fields } from './fields';
import type { JsonObject } from './message';

export interface CommOpen {
  readonly id: string;
  readonly target: string;
  readonly data: JsonObject;
}

/** Reads a `comm_open`. */
export function parseCommOpen(content: JsonObject): CommOpen {
  const fields = new Fields('comm_open', content);
  return {
    id: fields.string('comm_id'),
    target: fields.string('target_name', ''),
    data: fields.object('data', {}),
  };
}

export interface CommData {
  readonly id: string;
  readonly data: JsonObject;
}

/** Reads a `comm_msg` or a `comm_close`. */
export function parseCommData(type: 'comm_msg' | 'comm_close', content: JsonObject): CommData {
  const fields = new Fields(type, content);
  return { id: fields.string('comm_id'), data: fields.object('data', {}) };
}

/** Reads a `comm_info_request`: the target asked for, or undefined for all. */
export function parseCommInfo(content: JsonObject): { readonly target: string | undefined } {
  return { target: new Fields('comm_info_request', content).optionalString('target_name') };
}

export interface CommInfoReply {
  readonly status: 'ok';
  readonly comms: Readonly<Record<string, { readonly target_name: string }>>;
}
