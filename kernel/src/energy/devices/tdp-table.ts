import type { Publication } from '../../quantities/publication';

interface Series {
  readonly source: Publication;
  readonly rows: string;
}

const INTEL = {
  name: 'Intel product specifications',
  url: 'https://www.intel.com/content/www/us/en/ark.html',
} as const;
const AMD = {
  name: 'AMD product specifications',
  url: 'https://www.amd.com/en/products/specifications.html',
} as const;

/**
 * Thermal design power and threads of one socket of common processors, as their makers publish them:
 * Intel's product specifications (since the 12th generation of Core, the "processor base power") and AMD's
 * ("default TDP"). Where a maker gives a range instead, as for the first EPYCs, the processor is left out.
 * A row is its name, watts, threads; the test compares them with CodeCarbon's table.
 */
// prettier-ignore
const SERIES: readonly Series[] = [
  series(AMD, 'EPYC 7001', 2017, `
      EPYC 7251 120 16, EPYC 7551 180 64, EPYC 7601 180 64
  `),
  series(AMD, 'EPYC 7002', 2019, `
      EPYC 7232P 120 16, EPYC 7252 120 16, EPYC 7262 155 16, EPYC 7272 120 24, EPYC 7282 120 32,
      EPYC 7302 155 32, EPYC 7302P 155 32, EPYC 7352 155 48, EPYC 7402 180 48, EPYC 7402P 180 48,
      EPYC 7452 155 64, EPYC 7502 180 64, EPYC 7502P 180 64, EPYC 7532 200 64, EPYC 7542 225 64,
      EPYC 7552 200 96, EPYC 7642 225 96, EPYC 7662 225 128, EPYC 7702 200 128, EPYC 7702P 200 128,
      EPYC 7742 225 128, EPYC 7H12 280 128, EPYC 7F52 240 32, EPYC 7F72 240 48
  `),
  series(AMD, 'EPYC 7003', 2021, `
      EPYC 7313 155 32, EPYC 7313P 155 32, EPYC 7343 190 32, EPYC 7413 180 48, EPYC 7443 200 48,
      EPYC 7443P 200 48, EPYC 7453 225 56, EPYC 7513 200 64, EPYC 7543 225 64, EPYC 7543P 225 64,
      EPYC 7643 225 96, EPYC 7663 240 112, EPYC 7713 225 128, EPYC 7713P 225 128,
      EPYC 7763 280 128, EPYC 73F3 240 32, EPYC 74F3 240 48, EPYC 75F3 280 64, EPYC 7373X 240 32,
      EPYC 7473X 240 48, EPYC 7573X 280 64, EPYC 7773X 280 128
  `),
  series(AMD, 'EPYC 9004', 2022, `
      EPYC 9124 200 32, EPYC 9174F 320 32, EPYC 9224 200 48, EPYC 9254 200 48, EPYC 9274F 320 48,
      EPYC 9334 210 64, EPYC 9354 280 64, EPYC 9354P 280 64, EPYC 9374F 320 64, EPYC 9454 290 96,
      EPYC 9454P 290 96, EPYC 9474F 360 96, EPYC 9534 280 128, EPYC 9554 360 128,
      EPYC 9554P 360 128, EPYC 9634 290 168, EPYC 9654 360 192, EPYC 9654P 360 192,
      EPYC 9684X 400 192, EPYC 9734 340 224, EPYC 9754 360 256
  `),
  series(AMD, 'EPYC 9005', 2024, `
      EPYC 9555 360 128, EPYC 9575F 400 128, EPYC 9655 400 192, EPYC 9755 500 256,
      EPYC 9965 500 384
  `),
  series(INTEL, 'Xeon E5', 2012, `
      Xeon E5-2620 95 12, Xeon E5-2640 95 12, Xeon E5-2650 95 16, Xeon E5-2660 95 16,
      Xeon E5-2670 115 16, Xeon E5-2680 130 16, Xeon E5-2690 135 16
  `),
  series(INTEL, 'Xeon E5 v2', 2013, `
      Xeon E5-2620 v2 80 12, Xeon E5-2650 v2 95 16, Xeon E5-2670 v2 115 20, Xeon E5-2680 v2 115 20,
      Xeon E5-2690 v2 130 20, Xeon E5-2697 v2 130 24
  `),
  series(INTEL, 'Xeon E5 v3', 2014, `
      Xeon E5-2620 v3 85 12, Xeon E5-2630 v3 85 16, Xeon E5-2640 v3 90 16, Xeon E5-2650 v3 105 20,
      Xeon E5-2660 v3 105 20, Xeon E5-2670 v3 120 24, Xeon E5-2680 v3 120 24,
      Xeon E5-2690 v3 135 24, Xeon E5-2697 v3 145 28, Xeon E5-2698 v3 135 32,
      Xeon E5-2699 v3 145 36
  `),
  series(INTEL, 'Xeon E5 v4', 2016, `
      Xeon E5-2620 v4 85 16, Xeon E5-2630 v4 85 20, Xeon E5-2640 v4 90 20, Xeon E5-2650 v4 105 24,
      Xeon E5-2660 v4 105 28, Xeon E5-2667 v4 135 16, Xeon E5-2680 v4 120 28,
      Xeon E5-2683 v4 120 32, Xeon E5-2690 v4 135 28, Xeon E5-2695 v4 120 36,
      Xeon E5-2697 v4 145 36, Xeon E5-2698 v4 135 40, Xeon E5-2699 v4 145 44
  `),
  series(INTEL, 'Xeon Scalable, 1st generation', 2017, `
      Xeon Silver 4108 85 16, Xeon Silver 4110 85 16, Xeon Silver 4114 85 20,
      Xeon Silver 4116 85 24, Xeon Gold 5118 105 24, Xeon Gold 5120 105 28, Xeon Gold 6126 125 24,
      Xeon Gold 6130 125 32, Xeon Gold 6132 140 28, Xeon Gold 6136 150 24, Xeon Gold 6138 125 40,
      Xeon Gold 6140 140 36, Xeon Gold 6142 150 32, Xeon Gold 6148 150 40, Xeon Gold 6150 165 36,
      Xeon Gold 6152 140 44, Xeon Gold 6154 200 36, Xeon Platinum 8160 150 48,
      Xeon Platinum 8168 205 48, Xeon Platinum 8170 165 52, Xeon Platinum 8176 165 56,
      Xeon Platinum 8180 205 56
  `),
  series(INTEL, 'Xeon Scalable, 2nd generation', 2019, `
      Xeon Silver 4208 85 16, Xeon Silver 4210 85 20, Xeon Silver 4214 85 24,
      Xeon Silver 4216 100 32, Xeon Gold 5215 85 20, Xeon Gold 5218 125 32, Xeon Gold 5220 125 36,
      Xeon Gold 6226 125 24, Xeon Gold 6226R 150 32, Xeon Gold 6230 125 40, Xeon Gold 6230R 150 52,
      Xeon Gold 6238 140 44, Xeon Gold 6240 150 36, Xeon Gold 6242 150 32, Xeon Gold 6248 150 40,
      Xeon Gold 6248R 205 48, Xeon Gold 6252 150 48, Xeon Gold 6254 200 36, Xeon Gold 6258R 205 56,
      Xeon Platinum 8260 165 48, Xeon Platinum 8268 205 48, Xeon Platinum 8270 205 52,
      Xeon Platinum 8276 165 56, Xeon Platinum 8280 205 56
  `),
  series(INTEL, 'Xeon Scalable, 3rd generation', 2021, `
      Xeon Silver 4309Y 105 16, Xeon Silver 4310 120 24, Xeon Silver 4314 135 32,
      Xeon Silver 4316 150 40, Xeon Gold 5317 150 24, Xeon Gold 5318Y 165 48,
      Xeon Gold 5320 185 52, Xeon Gold 6326 185 32, Xeon Gold 6330 205 56, Xeon Gold 6338 205 64,
      Xeon Gold 6342 230 48, Xeon Gold 6346 205 32, Xeon Gold 6348 235 56, Xeon Gold 6354 205 36,
      Xeon Platinum 8352Y 205 64, Xeon Platinum 8358 250 64, Xeon Platinum 8360Y 250 72,
      Xeon Platinum 8362 265 64, Xeon Platinum 8368 270 76, Xeon Platinum 8380 270 80
  `),
  series(INTEL, 'Xeon Scalable, 4th generation', 2023, `
      Xeon Silver 4410Y 150 24, Xeon Silver 4416+ 165 40, Xeon Gold 5418Y 185 48,
      Xeon Gold 6426Y 185 32, Xeon Gold 6430 270 64, Xeon Gold 6438Y+ 205 64,
      Xeon Gold 6442Y 225 48, Xeon Gold 6448Y 225 64, Xeon Platinum 8452Y 300 72,
      Xeon Platinum 8458P 350 88, Xeon Platinum 8460Y+ 300 80, Xeon Platinum 8462Y+ 300 64,
      Xeon Platinum 8468 350 96, Xeon Platinum 8470 350 104, Xeon Platinum 8480+ 350 112,
      Xeon Platinum 8490H 350 120
  `),
  series(INTEL, 'Xeon Scalable, 5th generation', 2023, `
      Xeon Gold 6526Y 195 32, Xeon Gold 6530 270 64, Xeon Gold 6542Y 250 48,
      Xeon Gold 6548Y+ 250 64, Xeon Platinum 8558 330 96, Xeon Platinum 8568Y+ 350 96,
      Xeon Platinum 8570 350 112, Xeon Platinum 8580 350 120, Xeon Platinum 8592+ 350 128
  `),
  series(INTEL, 'Core, generation 6', 2015, `
      Core i5-6500 65 4, Core i7-6700 65 8, Core i7-6700K 91 8
  `),
  series(INTEL, 'Core, generation 7', 2017, `
      Core i5-7500 65 4, Core i7-7700 65 8, Core i7-7700K 91 8, Core i7-7700HQ 45 8
  `),
  series(INTEL, 'Core, generation 8', 2017, `
      Core i5-8250U 15 8, Core i7-8550U 15 8, Core i5-8265U 15 8, Core i7-8565U 15 8,
      Core i5-8400 65 6, Core i7-8700 65 12, Core i7-8700K 95 12, Core i7-8750H 45 12
  `),
  series(INTEL, 'Core, generation 9', 2018, `
      Core i5-9600K 95 6, Core i7-9700K 95 8, Core i9-9900K 95 16, Core i7-9750H 45 12,
      Core i9-9980HK 45 16
  `),
  series(INTEL, 'Core, generation 10', 2019, `
      Core i5-10210U 15 8, Core i7-10510U 15 8, Core i5-10400 65 12, Core i7-10700 65 16,
      Core i7-10700K 125 16, Core i7-10750H 45 12, Core i9-10900K 125 20, Core i9-10980XE 165 36
  `),
  series(INTEL, 'Core, generation 11', 2021, `
      Core i7-11700K 125 16, Core i9-11900K 125 16, Core i7-11800H 45 16
  `),
  series(INTEL, 'Core, generation 12', 2021, `
      Core i5-12400 65 12, Core i5-12600K 125 16, Core i7-12700 65 20, Core i7-12700K 125 20,
      Core i7-12700H 45 20, Core i9-12900K 125 24, Core i9-12900H 45 20, Core i5-1235U 15 12,
      Core i7-1255U 15 12, Core i5-1240P 28 16, Core i7-1260P 28 16
  `),
  series(INTEL, 'Core, generation 13', 2022, `
      Core i5-13400 65 16, Core i5-13600K 125 20, Core i7-13700 65 24, Core i7-13700K 125 24,
      Core i7-13700H 45 20, Core i9-13900 65 32, Core i9-13900K 125 32, Core i9-13900H 45 20,
      Core i9-13900HX 55 32, Core i5-1335U 15 12, Core i7-1355U 15 12, Core i7-1360P 28 16
  `),
  series(INTEL, 'Core, generation 14', 2023, `
      Core i5-14600K 125 20, Core i7-14700K 125 28, Core i9-14900K 125 32, Core i9-14900HX 55 32
  `),
  series(AMD, 'Ryzen 1000', 2017, `
      Ryzen 7 1700 65 16, Ryzen 7 1700X 95 16, Ryzen 7 1800X 95 16
  `),
  series(AMD, 'Ryzen 2000', 2018, `
      Ryzen 5 2600 65 12, Ryzen 7 2700 65 16, Ryzen 7 2700X 105 16
  `),
  series(AMD, 'Ryzen 3000', 2019, `
      Ryzen 5 3600 65 12, Ryzen 5 3600X 95 12, Ryzen 7 3700X 65 16, Ryzen 7 3800X 105 16,
      Ryzen 9 3900X 105 24, Ryzen 9 3950X 105 32
  `),
  series(AMD, 'Ryzen 5000', 2020, `
      Ryzen 5 5600 65 12, Ryzen 5 5600X 65 12, Ryzen 5 5600G 65 12, Ryzen 7 5700X 65 16,
      Ryzen 7 5700G 65 16, Ryzen 7 5800X 105 16, Ryzen 7 5800X3D 105 16, Ryzen 9 5900X 105 24,
      Ryzen 9 5950X 105 32, Ryzen 5 5500U 15 12, Ryzen 7 5700U 15 16, Ryzen 7 5800H 45 16,
      Ryzen 9 5900HX 45 16
  `),
  series(AMD, 'Ryzen 7000', 2022, `
      Ryzen 5 7600 65 12, Ryzen 5 7600X 105 12, Ryzen 7 7700 65 16, Ryzen 7 7700X 105 16,
      Ryzen 7 7800X3D 120 16, Ryzen 9 7900 65 24, Ryzen 9 7900X 170 24, Ryzen 9 7950X 170 32,
      Ryzen 9 7950X3D 120 32
  `),
  series(AMD, 'Ryzen 9000', 2024, `
      Ryzen 5 9600X 65 12, Ryzen 7 9700X 65 16, Ryzen 9 9900X 120 24, Ryzen 9 9950X 170 32
  `),
  series(AMD, 'Ryzen 4000', 2020, `
      Ryzen 5 4500U 15 6, Ryzen 7 4700U 15 8, Ryzen 7 4800H 45 16
  `),
  series(AMD, 'Ryzen 6000', 2022, `
      Ryzen 7 6800H 45 16
  `),
  series(AMD, 'Ryzen Threadripper 1000', 2017, `
      Ryzen Threadripper 1950X 180 32
  `),
  series(AMD, 'Ryzen Threadripper 2000', 2018, `
      Ryzen Threadripper 2950X 180 32, Ryzen Threadripper 2990WX 250 64
  `),
  series(AMD, 'Ryzen Threadripper 3000', 2019, `
      Ryzen Threadripper 3960X 280 48, Ryzen Threadripper 3970X 280 64,
      Ryzen Threadripper 3990X 280 128, Ryzen Threadripper PRO 3975WX 280 64,
      Ryzen Threadripper PRO 3995WX 280 128
  `),
  series(AMD, 'Ryzen Threadripper 5000', 2022, `
      Ryzen Threadripper PRO 5965WX 280 48, Ryzen Threadripper PRO 5975WX 280 64,
      Ryzen Threadripper PRO 5995WX 280 128
  `),
  series(AMD, 'Ryzen Threadripper 7000', 2023, `
      Ryzen Threadripper 7960X 350 48, Ryzen Threadripper 7970X 350 64,
      Ryzen Threadripper 7980X 350 128, Ryzen Threadripper PRO 7995WX 350 192
  `),
];

function series(
  maker: Pick<Publication, 'name' | 'url'>,
  name: string,
  year: number,
  rows: string,
): Series {
  return { source: { name: `${maker.name}, ${name}`, year, url: maker.url }, rows };
}

export interface Processor {
  /** As makers write it, without themselves: `EPYC 7763`, `Xeon Gold 6148`, `Core i7-8700K`. */
  readonly name: string;
  readonly tdpW: number;
  readonly threads: number;
  readonly source: Publication;
}

/** By name in lower case. */
export const PROCESSORS: ReadonlyMap<string, Processor> = new Map(
  SERIES.flatMap(({ source, rows }) =>
    rows
      .trim()
      .split(/,\s+/)
      .map((row) => {
        const [, name = '', tdp, threads] = /^(.*) (\d+) (\d+)$/.exec(row) ?? [];
        return [
          name.toLowerCase(),
          { name, tdpW: Number(tdp), threads: Number(threads), source },
        ] as const;
      }),
  ),
);

/** The processor that a system names so, `AMD EPYC 7763 64-Core Processor`; undefined for one not listed. */
export function knownProcessor(modelName: string): Processor | undefined {
  const name = modelName
    .replace(/\((R|TM)\)/gi, '')
    .replace(/@.*$/, '')
    .replace(/\bw(ith|\/) .*$/i, '')
    .replace(/\b\d+-cores?\b/gi, '')
    .replace(/\b(\d+th gen|intel|amd|cpu|processor)\b/gi, '')
    .trim()
    .replace(/\s+/g, ' ')
    // Intel's first E5 has a version 0.
    .replace(/ 0$/, '');
  return PROCESSORS.get(name.toLowerCase());
}
