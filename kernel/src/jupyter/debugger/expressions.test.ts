import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { DEBUG_HOOK } from '../../runtime/inspector-messages';
import { conditionIn, inNotebook, missing, namesIn } from './expressions';

/** Runs an expression where the notebook has these variables, in a function with others. */
function run(code: string, notebook: object, locals: Record<string, unknown> = {}): unknown {
  const context = vm.createContext({ notebook, locals });
  vm.runInContext(`globalThis[Symbol.for('${DEBUG_HOOK}')] = { variables: notebook }`, context);
  const names = Object.keys(locals).join(', ');
  return vm.runInContext(`(({ ${names} }) => eval(${JSON.stringify(code)}))(locals)`, context);
}

describe('an expression of the debugger', () => {
  it('names what it may read, and no members or words of the language', () => {
    expect(namesIn('a.b + c[d] && typeof e === "f" ? new G(...h) : this.i')).toEqual([
      'a',
      'c',
      'd',
      'e',
      'f',
      'G',
      'h',
    ]);
  });

  it('reads variables of the notebook where the frame has none of that name', () => {
    const locals = { near: 1 };
    expect(run(missing(['near', 'far']), {}, locals)).toEqual([false, true]);
    expect(run(inNotebook('near + far', ['far']), { far: 10, near: 5 }, locals)).toBe(11);
  });

  it('sets variables of the notebook, and says which are constant', () => {
    const notebook = { far: 1 };
    expect(run(inNotebook('far += 2', ['far']), notebook)).toBe(3);
    expect(run(inNotebook('far++', ['far']), notebook)).toBe(3);
    expect(run(inNotebook('--far', ['far']), notebook)).toBe(3);
    expect(notebook.far).toBe(3);
    const constant = Object.freeze({ far: 1 });
    expect(() => run(inNotebook('far = 2', ['far']), constant)).toThrow(/read only/);
  });

  it('compares and calls without setting anything', () => {
    for (const [code, value] of [
      ['far === 1', true],
      ['far >= 1', true],
      ['[2].map((far) => far)[0]', 2],
    ] as const)
      expect(run(inNotebook(code, ['far']), Object.freeze({ far: 1 }))).toBe(value);
  });

  it('is a condition in any frame: what no one knows is undefined', () => {
    expect(run(conditionIn('near > far'), { far: 1 }, { near: 2 })).toBe(true);
    expect(run(conditionIn('near > absent'), {}, { near: 2 })).toBe(false);
    expect(run(conditionIn('1 < 2'), {})).toBe(true);
  });
});
