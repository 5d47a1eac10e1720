import type { Theme } from './figure';

const CHANGED = 'changed';
const themes = new EventTarget();

/** Tells every chart on the page that another theme is in force. */
export function announceTheme(): void {
  themes.dispatchEvent(new Event(CHANGED));
}

/** Calls `listener` after each change of theme until `signal` aborts. */
export function onThemeChange(listener: () => void, signal: AbortSignal): void {
  themes.addEventListener(CHANGED, listener, { signal });
}

/** The theme in force at `node`, from its CSS variables. */
export function readTheme(node: Element): Theme {
  const style = getComputedStyle(node);
  const css = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: css('--hn-text'),
    muted: css('--hn-muted'),
    grid: css('--hn-grid'),
    background: css('--hn-background'),
    font: style.fontFamily,
    accents: [css('--hn-accent-1'), css('--hn-accent-2'), css('--hn-accent-3')],
    literature: css('--hn-literature'),
    overflow: css('--hn-overflow'),
    underflow: css('--hn-underflow'),
    subnormal: css('--hn-subnormal'),
  };
}
