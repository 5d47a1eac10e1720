import { run } from './process.mjs';
import { Missing } from './requirements.mjs';

const NO_ANSWER =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|NewConnectionError|NameResolutionError|ConnectTimeoutError|Failed to establish a new connection|Temporary failure in name resolution/;

/**
 * Runs a package manager. When its registry doesn't answer, the error is one line that says so.
 * @param {string} registry what to call it in that line
 * @param {string} config the command that shows where it looks
 */
export async function runPackageManager(registry, config, command, args, options) {
  try {
    return await run(command, args, options);
  } catch (error) {
    if (!NO_ANSWER.test(error.output ?? '')) throw error;
    throw new Missing(
      `The ${registry} does not answer. Check the network or the proxy (${config}), then run this again: finished steps are kept.`,
    );
  }
}
