import { reference } from '../protocol';
import { type Trait, wrong } from './trait';
import { AnyWidget } from './any-widget';

/** A property that is a model of its own; options for one are made one. */
export function part<P extends AnyWidget>(Part: new (options?: never) => P): Trait<P> {
  const name = Part.name;
  return {
    initial: () => new Part(),
    check: (value, where) => {
      if (value instanceof Part) return value;
      if (value instanceof AnyWidget || typeof value !== 'object' || value === null)
        throw wrong(where, value, `a ${name}, or its properties as an object`);
      return new Part(value as never);
    },
    way: 'told',
    toJson: ({ modelId }) => reference(modelId),
  };
}

/** Widgets within another, in the order in which they stand. */
export function children(): Trait<readonly AnyWidget[]> {
  return {
    initial: () => [],
    check: (value, where) => {
      if (!Array.isArray(value)) throw wrong(where, value, 'a list of widgets');
      const other: unknown = value.find((one) => !(one instanceof AnyWidget));
      if (value.some((one) => !(one instanceof AnyWidget)))
        throw wrong(`${where}[${value.indexOf(other)}]`, other, 'a widget');
      return [...(value as AnyWidget[])];
    },
    way: 'told',
    toJson: (widgets) => widgets.map(({ modelId }) => reference(modelId)),
  };
}
