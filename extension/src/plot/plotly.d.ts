/** What we use of plotly; its distribution comes without types. */
declare module 'plotly.js-cartesian-dist-min' {
  interface PlotlyModule {
    react(
      node: HTMLElement,
      data: readonly object[],
      layout: object,
      config: object,
    ): Promise<HTMLElement>;
    purge(node: HTMLElement): void;
  }
  const plotly: PlotlyModule;
  export { plotly as default };
}
