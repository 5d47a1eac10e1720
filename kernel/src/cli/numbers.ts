import { InvalidArgumentError } from 'commander';

/** What a timer of Node.js can wait. */
const MAX_SECONDS = 2_147_483;

/** Seconds as an option of a command. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= MAX_SECONDS) return value;
  throw new InvalidArgumentError(`Allowed: seconds above 0, up to ${MAX_SECONDS}.`);
}

const MOST = 1000;

/** A count as an option of a command. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MOST) return value;
  throw new InvalidArgumentError(`Allowed: a whole number from 1 to ${MOST}.`);
}

/** A place in a list, from 0, as an option of a command. */
export function index(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed: a whole number from 0.');
}

/** A number as an option of a command; an empty one, of a variable that isn't set, is none. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Allowed: a number.');
}

/** Percents, with or without their sign, as a fraction. */
export function fraction(text: string): number {
  const value = Number(text.trim().replace(/\s*%$/, ''));
  if (text.trim() !== '' && value >= 0 && value <= 1000) return value / 100;
  throw new InvalidArgumentError('Allowed: percents from 0 to 1000.');
}
