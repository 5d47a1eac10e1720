import * as tf from '@tensorflow/tfjs';
import { optionsWith, type CommonOptions } from './options';
import { RuleOptimizer } from './optimizer';
import {
  adadeltaRule,
  adagradRule,
  adamRule,
  adamaxRule,
  rmspropRule,
  sgdRule,
  type AdadeltaHyperparameters,
  type AdagradHyperparameters,
  type AdamHyperparameters,
  type RmspropHyperparameters,
  type SgdHyperparameters,
} from './rules';

export type SgdOptions = CommonOptions & Partial<SgdHyperparameters>;
export type AdamOptions = CommonOptions & Partial<AdamHyperparameters>;
export type AdamaxOptions = CommonOptions & Partial<Omit<AdamHyperparameters, 'amsgrad'>>;
export type RmspropOptions = CommonOptions & Partial<RmspropHyperparameters>;
export type AdagradOptions = CommonOptions & Partial<AdagradHyperparameters>;
export type AdadeltaOptions = CommonOptions & Partial<AdadeltaHyperparameters>;

const ADAM = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** Gradient descent, with momentum, also Nesterov's. */
export class Sgd extends RuleOptimizer {
  static className = 'Halfnote>SGD';

  constructor(given: SgdOptions = {}) {
    const options = optionsWith<SgdHyperparameters>('sgd', given, {
      learningRate: 0.01,
      momentum: 0,
      nesterov: false,
    });
    super(options, sgdRule(options));
  }
}

export class Adam extends RuleOptimizer {
  static className = 'Halfnote>Adam';

  constructor(given: AdamOptions = {}, name = 'adam', defaults: CommonOptions = {}) {
    const options = optionsWith<AdamHyperparameters>(name, given, {
      ...ADAM,
      amsgrad: false,
      ...defaults,
    });
    super(options, adamRule(options));
  }
}

/** Adam with decoupled weight decay. */
export class AdamW extends Adam {
  static override className = 'AdamW';
  protected override readonly decoupledDecay = true;

  constructor(given: AdamOptions = {}) {
    super(given, 'adamw', { weightDecay: 0.004 });
  }
}

export class Adamax extends RuleOptimizer {
  static className = 'Halfnote>Adamax';

  constructor(given: AdamaxOptions = {}) {
    const options = optionsWith<Omit<AdamHyperparameters, 'amsgrad'>>('adamax', given, ADAM);
    super(options, adamaxRule(options));
  }
}

export class Rmsprop extends RuleOptimizer {
  static className = 'Halfnote>RMSprop';

  constructor(given: RmspropOptions = {}) {
    const options = optionsWith<RmspropHyperparameters>('rmsprop', given, {
      learningRate: 0.001,
      rho: 0.9,
      momentum: 0,
      epsilon: 1e-7,
      centered: false,
      epsilonPlacement: 'inside',
    });
    super(options, rmspropRule(options));
  }
}

export class Adagrad extends RuleOptimizer {
  static className = 'Halfnote>Adagrad';

  constructor(given: AdagradOptions = {}) {
    const options = optionsWith<AdagradHyperparameters>('adagrad', given, {
      learningRate: 0.001,
      initialAccumulatorValue: 0.1,
      epsilon: 1e-7,
    });
    super(options, adagradRule(options));
  }
}

export class Adadelta extends RuleOptimizer {
  static className = 'Halfnote>Adadelta';

  constructor(given: AdadeltaOptions = {}) {
    const options = optionsWith<AdadeltaHyperparameters>('adadelta', given, {
      learningRate: 0.001,
      rho: 0.95,
      epsilon: 1e-7,
    });
    super(options, adadeltaRule(options));
  }
}

/** Names with which tfjs finds the classes again when it loads a compiled model. */
for (const type of [Sgd, Adam, AdamW, Adamax, Rmsprop, Adagrad, Adadelta]) {
  tf.serialization.registerClass(type);
}
