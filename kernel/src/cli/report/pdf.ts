import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { firstLine, HalfnoteError } from '../../errors';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const LIMIT_MS = 120_000;
/** How a Chromium runs without a window and without traffic of its own. */
export const HEADLESS = [
  '--headless',
  // Chromium's sandbox takes rights that containers lack; our pages have no scripts and no links out.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/**
 * A Chromium of this machine: what `HALFNOTE_CHROMIUM` names, else one on the path.
 * @throws HalfnoteError `no-chromium` when the variable names what isn't there.
 */
export function findChromium(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const named = env['HALFNOTE_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new HalfnoteError(
      'no-chromium',
      `HALFNOTE_CHROMIUM names ${named}, which is not there`,
      'Name the program itself, or leave the variable out.',
    );
  }
  const folders = (env['PATH'] ?? '').split(delimiter);
  const places = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), MAC];
  return places.find((place) => existsSync(place));
}

/**
 * What prints the PDF of a report, if there is to be one.
 * @param pdf whether it was asked for; undefined: where a Chromium is found
 * @throws HalfnoteError `no-chromium` where it was asked for and nothing can print it.
 */
export function chromiumFor(pdf: boolean | undefined): string | undefined {
  const chromium = pdf === false ? undefined : findChromium();
  if (pdf !== true || chromium !== undefined) return chromium;
  throw new HalfnoteError(
    'no-chromium',
    'No Chromium was found, which prints the PDF',
    'Install one (Debian and Ubuntu: apt-get install chromium), name one in HALFNOTE_CHROMIUM, or leave --pdf out: the HTML prints as well.',
  );
}

/**
 * Prints a page of HTML as PDF by a headless Chromium with a profile of its own and no network.
 * @throws HalfnoteError `no-chromium` when it fails.
 */
export async function printPdf(html: string, chromium: string): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-pdf-'));
  const page = join(folder, 'report.html');
  const pdf = join(folder, 'report.pdf');
  try {
    writeFileSync(page, html);
    await promisify(execFile)(chromium, argumentsFor(folder, page, pdf), { timeout: LIMIT_MS });
    return readFileSync(pdf);
  } catch (cause) {
    throw new HalfnoteError(
      'no-chromium',
      `${chromium} printed no PDF: ${firstLine(cause)}`,
      'Name another in HALFNOTE_CHROMIUM, or take --no-pdf.',
      { cause },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function argumentsFor(folder: string, page: string, pdf: string): string[] {
  return [
    ...HEADLESS,
    '--disable-extensions',
    `--user-data-dir=${join(folder, 'profile')}`,
    '--no-pdf-header-footer',
    `--print-to-pdf=${pdf}`,
    pathToFileURL(page).href,
  ];
}
