/** Shows trainings in their cells: each `fit` that isn't told `verbose: 0`, and the history that it returns. */
import * as tf from '@tensorflow/tfjs';
import { FitCallback } from './fit-callback';
import { showHistories } from './history';

tf.registerCallbackConstructor(1, FitCallback);
showHistories();
