import { refuseOldNode } from '../remedies/node-version';

refuseOldNode();
