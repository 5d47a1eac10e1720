/** What we use of plotly; its distribution comes without types. */
declare module 'plotly.js-cartesian-dist-min' {
  interface PlotlyModule {
    react(
      node: HTMLElement,
      data: readonly object[],
      layout: object,
      config: object,
    ): Promise<HTMLElement>;
    toImage(
      figure: { readonly data: readonly object[]; readonly layout: object },
      options: {
        readonly format: 'svg';
        readonly width: number;
        readonly height: number;
        readonly imageDataOnly: true;
      },
    ): Promise<string>;
    purge(node: HTMLElement): void;
  }
  const plotly: PlotlyModule;
  export { plotly as default };
}
