import { packageRoot } from '../packages';

const SHOWN_LIBRARY_FRAMES = 3;
/** What runs cells, calls back and stands behind magics is no place where a user could look for an error. */
const OWN_FOLDERS = ['runtime', 'magics', 'notebook', 'comm', 'widgets'].map(
  (part) => `${packageRoot}/dist/${part}/`,
);

/** Frames as a reader wants them: the user's, a few of each library, none of ours or Node.js's own. */
export function userFrames(frames: readonly string[]): string[] {
  return shortenLibraries(frames.filter(isUseful));
}

function isUseful(frame: string): boolean {
  return (
    !OWN_FOLDERS.some((folder) => frame.includes(folder)) &&
    !/[ (]node:/.test(frame) &&
    !/\(<anonymous>\)$/.test(frame) &&
    !/ async Promise\.\w+ \(index \d+\)$/.test(frame)
  );
}

function shortenLibraries(frames: readonly string[]): string[] {
  const shown: string[] = [];
  let run = 0;
  let hidden = 0;
  const closeRun = (): void => {
    if (hidden > 0) shown.push(`    ... ${hidden} more in node_modules`);
    run = 0;
    hidden = 0;
  };
  for (const frame of frames) {
    if (!frame.includes('/node_modules/')) closeRun();
    else if (++run > SHOWN_LIBRARY_FRAMES) {
      hidden++;
      continue;
    }
    shown.push(frame);
  }
  closeRun();
  return shown;
}
