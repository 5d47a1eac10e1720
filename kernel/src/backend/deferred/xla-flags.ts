/** XLA's own default takes the number of a NaN and a number, and a training that diverged goes on unseen. */
const KEEPS_NAN = '--xla_cpu_enable_fast_min_max';
const VARIABLE = 'XLA_FLAGS';

/**
 * Runs what makes XLA read its flags, which it does once, with NaNs kept by minimum and maximum, unless the
 * user says otherwise. The environment is as before after it, for flags that another XLA doesn't know end
 * its process.
 */
export function withXlaFlags<T>(run: () => T): T {
  const given = process.env[VARIABLE];
  if (given?.includes(KEEPS_NAN) === true) return run();
  process.env[VARIABLE] = `${given ?? ''} ${KEEPS_NAN}=false`.trim();
  try {
    return run();
  } finally {
    if (given === undefined) Reflect.deleteProperty(process.env, VARIABLE);
    else process.env[VARIABLE] = given;
  }
}
