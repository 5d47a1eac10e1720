import { classesWith } from '../../models/layer-traits';

/** The layer classes that kernel/python can rebuild. */
export const TFLITE_LAYERS = classesWith('tflite');
