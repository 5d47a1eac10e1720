/**
 * States by ISO 3166-2 code to the zones of Electricity Maps that serve them: the one that serves most of
 * the state's load first. Zones in the United States are balancing authorities, whose areas the EIA maps
 * (form EIA-930, https://www.eia.gov/electricity/gridmonitor/) and whose sales by state its form EIA-861 has.
 */
const ROWS = `
  US-AL SE-SOCO TEN-TVA             US-AK AK
  US-AZ SW-AZPS SW-SRP SW-TEPC SW-WALC                US-AR MIDW-MISO CENT-SWPP
  US-CA CAL-CISO CAL-LDWP CAL-BANC CAL-IID CAL-TIDC   US-CO NW-PSCO NW-WACM
  US-CT NE-ISNE                     US-DC MIDA-PJM
  US-DE MIDA-PJM                    US-FL FLA-FPL FLA-FPC FLA-TEC FLA-FMPP FLA-JEA FLA-SEC SE-SOCO
  US-GA SE-SOCO                     US-HI HI
  US-IA MIDW-MISO CENT-SWPP         US-ID NW-IPCO NW-AVA NW-PACE
  US-IL MIDA-PJM MIDW-MISO          US-IN MIDW-MISO MIDA-PJM
  US-KS CENT-SWPP                   US-KY MIDW-LGEE TEN-TVA MIDA-PJM
  US-LA MIDW-MISO CENT-SWPP         US-MA NE-ISNE
  US-MD MIDA-PJM                    US-ME NE-ISNE
  US-MI MIDW-MISO MIDA-PJM          US-MN MIDW-MISO
  US-MO MIDW-MISO CENT-SWPP MIDW-AECI                 US-MS MIDW-MISO SE-SOCO TEN-TVA
  US-MT NW-NWMT NW-BPAT NW-WAUW     US-NC CAR-DUK CAR-CPLE CAR-CPLW MIDA-PJM
  US-ND MIDW-MISO CENT-SWPP         US-NE CENT-SWPP
  US-NH NE-ISNE                     US-NJ MIDA-PJM
  US-NM SW-PNM CENT-SWPP SW-EPE     US-NV NW-NEVP
  US-NY NY-NYIS                     US-OH MIDA-PJM
  US-OK CENT-SWPP                   US-OR NW-PGE NW-PACW NW-BPAT
  US-PA MIDA-PJM                    US-RI NE-ISNE
  US-SC CAR-DUK CAR-SCEG CAR-SC CAR-CPLE              US-SD CENT-SWPP MIDW-MISO NW-WAUW
  US-TN TEN-TVA                     US-TX TEX-ERCO CENT-SWPP SW-EPE MIDW-MISO
  US-UT NW-PACE                     US-VA MIDA-PJM
  US-VT NE-ISNE                     US-WA NW-PSEI NW-BPAT NW-SCL NW-TPWR NW-PACW NW-AVA
  US-WI MIDW-MISO                   US-WV MIDA-PJM
  US-WY NW-PACE NW-WACM
`;

const NAMES = `
  AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware,
  DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, IA Iowa, ID Idaho, IL Illinois, IN Indiana,
  KS Kansas, KY Kentucky, LA Louisiana, MA Massachusetts, MD Maryland, ME Maine, MI Michigan, MN Minnesota,
  MO Missouri, MS Mississippi, MT Montana, NC North Carolina, ND North Dakota, NE Nebraska,
  NH New Hampshire, NJ New Jersey, NM New Mexico, NV Nevada, NY New York, OH Ohio, OK Oklahoma, OR Oregon,
  PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah,
  VA Virginia, VT Vermont, WA Washington, WI Wisconsin, WV West Virginia, WY Wyoming
`;

/** Parts of other countries under codes of their own that a zone of another name covers. */
const OTHERS: readonly (readonly [string, Subdivision])[] = [
  ['AU-ACT', { name: 'Australian Capital Territory', zones: ['AU-NSW'] }],
  ['GB-ENG', { name: 'England', zones: ['GB'] }],
  ['GB-SCT', { name: 'Scotland', zones: ['GB'] }],
  ['GB-WLS', { name: 'Wales', zones: ['GB'] }],
];

export interface Subdivision {
  readonly name: string;
  /** The main one first. */
  readonly zones: readonly string[];
}

let table: ReadonlyMap<string, Subdivision> | undefined;

/** By ISO 3166-2 code in capitals, where no zone bears that code itself. */
export function subdivisions(): ReadonlyMap<string, Subdivision> {
  table ??= new Map([...states(), ...OTHERS]);
  return table;
}

function states(): (readonly [string, Subdivision])[] {
  const names = new Map(
    NAMES.split(',').map((entry) => [`US-${entry.trim().slice(0, 2)}`, entry.trim().slice(3)]),
  );
  return ROWS.split(/\s(?=US-)/).flatMap((row) => {
    const [state = '', ...zones] = row.trim().split(/\s+/);
    const name = names.get(state) ?? state;
    return state === ''
      ? []
      : [[state, { name, zones: zones.map((zone) => `US-${zone}`) }] as const];
  });
}
