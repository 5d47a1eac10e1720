import { Fields } from './fields';
import type { JsonObject } from './message';

/** What the user is asked. */
export interface InputPrompt extends JsonObject {
  readonly prompt: string;
  /** True: what is typed isn't shown. */
  readonly password: boolean;
}

/** Reads the parameters of `input.request`. */
export function parsePrompt(params: JsonObject): InputPrompt {
  const fields = new Fields('input.request', params);
  return { prompt: fields.string('prompt', ''), password: fields.boolean('password', false) };
}

/** Reads an `input_reply`: what the user typed. */
export function parseInputReply(content: JsonObject): string {
  return new Fields('input_reply', content).string('value');
}
