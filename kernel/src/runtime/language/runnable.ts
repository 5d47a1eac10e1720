import vm from 'node:vm';

/** Whether V8 takes a cell's JavaScript, which for all that TypeScript finds wrong it mostly does. */
export function isRunnable(js: string): boolean {
  try {
    new vm.Script(`(async function () {${js}\n})`);
    return true;
  } catch {
    return false;
  }
}
