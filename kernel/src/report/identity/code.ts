import simpleGit from 'simple-git';
import type { Report } from '../schema';

/** What a report itself leaves beside the notebook: it doesn't make the code another. */
const OWN = /\.report\.(json|html|pdf)$/;

/**
 * The commit that a folder is at, and whether anything in its repository differs from that; null outside
 * a repository, without git, and before the first commit.
 */
export async function codeIdentity(folder: string): Promise<Report['identity']['code']> {
  try {
    const git = simpleGit(folder);
    const commit = (await git.revparse(['HEAD'])).trim();
    const { files } = await git.status();
    return { commit, dirty: files.some(({ path }) => !OWN.test(path)) };
  } catch {
    return null;
  }
}
