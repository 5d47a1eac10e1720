/** Lets models predict as one program. After `precision/install`: what is around layers then is usual. */
import '../precision/install';
import { setPredictRows } from '../patches/predict-loop';
import { predictRows } from './predict-rows';

setPredictRows(predictRows);
