import { describe, expect, it } from 'vitest';
import { runPython } from './python';

const text = (script: string, input?: string): string =>
  runPython(script, input === undefined ? undefined : Buffer.from(input)).toString();

describe('the Python of the tests', () => {
  it('gives what a script wrote, as text or bytes, of any size', () => {
    expect(text('print(1 + 1)')).toMatch(/^2\r?\n$/);
    expect(text('import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])', 'abc')).toBe(
      'cba',
    );
    const large = new Uint8Array(5_000_000).map((_, i) => i % 251);
    const script = 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())';
    expect(runPython(script, large).equals(large)).toBe(true);
  });

  it('keeps no names from one script to the next', () => {
    expect(text('left = 1')).toBe('');
    expect(() => text('print(left)')).toThrow(/NameError: name 'left' is not defined/);
  });

  it('throws the traceback of a script, also of one that exits, and serves the next', () => {
    expect(() => text('def f():\n    1 / 0\nf()')).toThrow(/line 2, in f[^]*ZeroDivisionError/);
    expect(() => text('import sys; sys.exit(3)')).toThrow(/SystemExit: 3/);
    expect(text('print("on")')).toMatch(/^on/);
  });

  it('hands on nothing that libraries print past Python', () => {
    expect(text('import os; os.write(1, b"noise"); print("said")')).toMatch(/^said\r?\n$/);
  });

  it('says so when Python itself ends, and after it', () => {
    const script = 'import os; os.write(2, b"a last word"); os._exit(7)';
    expect(() => text(script)).toThrow(/Python ended \(7\):[^]*a last word/);
    expect(() => text('print(1)')).toThrow(/Python ended \(7\)/);
  });
});
