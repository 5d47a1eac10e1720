import { basename, isAbsolute, join } from 'node:path';
import simpleGit from 'simple-git';
import type { Report } from '../schema';

/** What a report and its exports leave beside the notebook: it doesn't make the code another. */
const OWN =
  /\.report\.(json|html|pdf)$|\.(codecarbon|boamps|impact-framework|prometheus|ro-crate)\/[^/]+$/;

/** A report tells no reader where things are on the machine of its author. */
const LOCAL_PATH = /'\/[^']*'|"\/[^"]*"|(?<=^|[\s(:=])\/[^\s'")]+/g;

export interface CodeIdentity {
  readonly code: Report['identity']['code'];
  /** Why there is none, in git's words. */
  readonly problem?: string;
}

/**
 * The commit that a folder is at, and whether anything in its repository differs from that; null with the
 * reason outside a repository, without git, before the first commit, and where git refuses.
 */
export async function codeIdentity(folder: string): Promise<CodeIdentity> {
  try {
    const git = simpleGit(folder);
    const commit = (await git.revparse(['HEAD'])).trim();
    const { files } = await git.status();
    return { code: { commit, dirty: files.some(({ path }) => !OWN.test(path)) } };
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const problem = line.replace(/^(Error: )?fatal: /, '').replaceAll(LOCAL_PATH, '(a path)');
    return { code: null, problem };
  }
}

/**
 * Those of some files that the repository doesn't hold, ignored ones too: what ran can't be had from its
 * commit then. Files outside of the folder's repository are among them.
 */
export async function uncommitted(
  folder: string,
  files: readonly string[],
): Promise<readonly string[]> {
  const git = simpleGit(folder);
  const isHeld = async (file: string): Promise<boolean> => {
    const path = isAbsolute(file) ? file : join(folder, file);
    return (await git.raw(['ls-files', '--', path]).catch(() => '')).trim() !== '';
  };
  const held = await Promise.all(files.map(isHeld));
  return files.filter((_, index) => held[index] !== true).map((file) => basename(file));
}
