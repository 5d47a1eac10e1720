declare module 'jstat' {
  export const jStat: {
    readonly normal: {
      inv(probability: number, mean: number, deviation: number): number;
    };
    readonly studentt: {
      cdf(x: number, degreesOfFreedom: number): number;
      inv(probability: number, degreesOfFreedom: number): number;
    };
    /** The logarithm of the gamma function. */
    gammaln(x: number): number;
  };
}
