/**
 * The one way to start tfjs: whichever function loads the backend first, tfjs is changed as the table of
 * patches has it, and trains under the policy in force.
 */
import './patches/install';
import './precision/install';
import './compiled/install';
import './training/install';

export { ensureBackend, loadBackend } from './backend/load';
