/** Set to 1, studies run on few seeds and small data, to see that they work. */
export const SHORT_FORM = 'HALFNOTE_SHORT_FORM';

/** Whether a study should only show that it works: its verdicts then are of too few trials to be kept. */
export function shortForm(): boolean {
  return process.env[SHORT_FORM] === '1';
}
