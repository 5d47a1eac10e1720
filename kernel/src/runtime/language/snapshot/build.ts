import { makeSnapshot } from './make';

/** Entry of the process that makes a snapshot behind a kernel that has ended. */
void makeSnapshot();
