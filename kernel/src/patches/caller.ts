/** What stands between a method of a model and whoever calls it. */
const BETWEEN = /[\\/]node_modules[\\/]|[\\/]patches[\\/](?:models|caller)\.[jt]s/;

/**
 * Runs a method of tfjs that returns a promise. tfjs's own asynchronous functions are written in a way that
 * stacks don't see through: an error of a later batch gets the frames of the call that the user wrote.
 */
export async function withCaller<T>(run: () => T | Promise<T>): Promise<T> {
  const called = new Error();
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error) addFrames(error, called);
    throw error;
  }
}

function addFrames(error: Error, called: Error): void {
  const frames = called.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  const users = frames.slice(frames.findIndex((frame) => !BETWEEN.test(frame)));
  const [first] = users;
  if (first === undefined || error.stack === undefined || error.stack.includes(first.trim()))
    return;
  error.stack = [error.stack, ...users].join('\n');
}
