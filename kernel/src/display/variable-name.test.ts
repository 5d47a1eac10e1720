import { afterEach, expect, it } from 'vitest';
import { HOST, type Host } from '../host';
import { about, subjectOf, variableOf } from './variable-name';

function notebookWith(variables: Readonly<Record<string, unknown>>): void {
  const asked: Partial<Host> = { variables: () => new Map(Object.entries(variables)) };
  Object.defineProperty(globalThis, HOST, { value: asked, configurable: true });
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, HOST);
});

const model = { layers: 3 };
const data = { rows: 2 };

it('finds the variable that the user gave the object, the latest of several', () => {
  notebookWith({ other: { layers: 3 }, classifier: model, model, tsLastExpr12: model });
  expect(variableOf(model)).toBe('model');
  expect(variableOf({ layers: 3 })).toBeUndefined();
});

it('names what a view was made of, as it is called when the view is shown', () => {
  const view = about({}, { model, x: data, y: undefined });
  notebookWith({ model });
  expect([subjectOf(view), subjectOf(view, 'x'), subjectOf(view, 'y')]).toEqual([
    'model',
    undefined,
    undefined,
  ]);
  notebookWith({ net: model, batch: data });
  expect([subjectOf(view), subjectOf(view, 'x')]).toEqual(['net', 'batch']);
});

it('names nothing in a plain script, nor of a view that nobody told what it is about', () => {
  expect(variableOf(model)).toBeUndefined();
  notebookWith({ model });
  expect(subjectOf({})).toBeUndefined();
});
