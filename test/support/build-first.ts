/** Before any test: most import the compiled kernel. */
export { buildIfStale as setup } from './built-kernel';
