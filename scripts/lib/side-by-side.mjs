/**
 * Runs jobs side by side, at each moment the first that fit: into the free slots, and beside what the
 * running ones hold. A job that wants more slots than there are takes them all.
 * @template {{slots?: number, holds?: string}} Job
 * @template Result
 * @param {readonly Job[]} jobs
 * @param {number} slots
 * @param {(job: Job) => Promise<Result>} run
 * @returns {Promise<Result[]>} in the order of the jobs
 */
export async function runSideBySide(jobs, slots, run) {
  const waiting = [...jobs];
  const running = new Map();
  const results = new Map();
  const width = ({ slots: wanted = 1 }) => Math.min(wanted, slots);
  const fits = (job) => {
    const others = [...running.keys()];
    const taken = others.reduce((sum, other) => sum + width(other), 0);
    const isHeld = job.holds !== undefined && others.some(({ holds }) => holds === job.holds);
    return taken + width(job) <= slots && !isHeld;
  };
  for (;;) {
    for (let at; (at = waiting.findIndex(fits)) >= 0;) {
      const [job] = waiting.splice(at, 1);
      const ended = run(job).then((result) => {
        results.set(job, result);
        running.delete(job);
      });
      running.set(job, ended);
    }
    if (running.size === 0) return jobs.map((job) => results.get(job));
    await Promise.race(running.values());
  }
}
