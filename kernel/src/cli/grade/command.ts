import type { Command } from 'commander';
import { HalfnoteError } from '../../errors';
import { seconds } from '../numbers';

interface GradeFlags {
  readonly against: string;
  readonly timeout: number;
  readonly cwd?: string;
  readonly output?: string;
  readonly format: string;
}

/** The exit code where points were lost; 1 is that of a submission that can't be graded. */
const POINTS_LOST = 2;

/** Adds `halfnote grade`. `print` takes what it says on stdout. */
export function addGrade(program: Command, print: (text: string) => void): void {
  program
    .command('grade')
    .description("grade a submission by the solution's tests, as JSON")
    .argument('<submission>', 'the notebook that a student hands in')
    .requiredOption('--against <solution>', 'the solution, with the points and all tests')
    .option('--timeout <seconds>', 'interrupt a cell that takes longer, and go on', seconds, 60)
    .option('--cwd <folder>', "run there (default: the submission's folder)")
    .option('-o, --output <path>', 'save the submission as it was graded, with its outputs')
    .option('--format <name>', 'json or gradescope', 'json')
    .addHelpText('after', HELP)
    .action(async (submission: string, { format, ...options }: GradeFlags) => {
      if (format !== 'json' && format !== 'gradescope') {
        throw new HalfnoteError(
          'invalid-argument',
          `--format is '${format}'; allowed are json and gradescope.`,
        );
      }
      const [{ gradeNotebook }, { forGradescope }] = await Promise.all([
        import('./grade.js'),
        import('./result.js'),
      ]);
      const grade = await gradeNotebook(submission, options);
      print(JSON.stringify(format === 'json' ? grade : forGradescope(grade), undefined, 2));
      if (grade.points < grade.maxPoints) process.exitCode = POINTS_LOST;
    });
}

const HELP = `
Cells that give points have nbgrader's metadata; those with tests are taken from the solution. A cell that
fails costs its own points. Exit codes: 0 all points of the tests, 2 some are lost, 1 it can't be graded.

  halfnote grade submission.ipynb --against solution.ipynb
  halfnote grade submission.ipynb --against solution.ipynb --format gradescope > results/results.json`;
