import { Fields } from './fields';
import type { JsonObject } from './message';

/** Reads a `shutdown_request`. */
export function parseShutdown(content: JsonObject): { readonly restart: boolean } {
  return { restart: new Fields('shutdown_request', content).boolean('restart', false) };
}
