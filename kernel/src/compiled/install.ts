/** Lets models predict and be evaluated as one program. After `precision/install`: what is around layers then is usual. */
import '../precision/install';
import { setPredictRows } from '../patches/predict-loop';
import { setTestBatch } from '../patches/test-function';
import { predictRows } from './predict-rows';
import { testBatch } from './test-batch';

setPredictRows(predictRows);
setTestBatch(testBatch);
