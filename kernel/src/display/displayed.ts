import { JUPYTER_DISPLAY, type MimeBundle } from '../host';

/** The same data, which a notebook shows as `view` has it; the view is no part of the data. */
export function displayed<T extends object>(data: T, view: (data: T) => MimeBundle): T {
  return Object.defineProperty(data, JUPYTER_DISPLAY, { value: () => view(data) });
}
