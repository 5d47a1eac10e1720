import { HalfnoteError, nearest } from '../errors';
import { TextView } from '../display/text-view';

const SECRET = /key|token|secret|passw|credential|auth/i;

/**
 * The environment of this process: all of it, one variable, or one set to a new value.
 * Throws `unknown-variable`.
 */
export function environment(name?: string, value?: string): TextView {
  if (name === undefined) {
    const lines = Object.entries(process.env)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, text]) => `${key}=${SECRET.test(key) ? '<hidden>' : (text ?? '')}`);
    return TextView.of(lines.join('\n'));
  }
  if (value !== undefined) process.env[name] = value;
  const current = process.env[name];
  if (current !== undefined) return TextView.of(`${name}=${current}`);
  const [near] = nearest(name, Object.keys(process.env), 1);
  throw new HalfnoteError(
    'unknown-variable',
    `The environment has no variable ${name}`,
    `${near === undefined ? '' : `Did you mean ${near}? `}%env ${name}=value sets it.`,
  );
}
