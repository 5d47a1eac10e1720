/**
 * Regions of cloud providers to zones of Electricity Maps, by the places that the providers name: AWS
 * (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html), Google Cloud
 * (https://cloud.google.com/compute/docs/regions-zones), Azure
 * (https://learn.microsoft.com/azure/reliability/regions-list). Where a place lies between grids, all of
 * them stand here, the likeliest first.
 */
const AWS = `
  af-south-1=ZA  ap-east-1=HK  ap-east-2=TW  ap-northeast-1=JP-TK  ap-northeast-2=KR  ap-northeast-3=JP-KN
  ap-south-1=IN-WE  ap-south-2=IN-SO  ap-southeast-1=SG  ap-southeast-2=AU-NSW  ap-southeast-3=ID
  ap-southeast-4=AU-VIC  ap-southeast-5=MY-WM  ap-southeast-6=NZ  ap-southeast-7=TH  ca-central-1=CA-QC
  ca-west-1=CA-AB  cn-north-1=CN  cn-northwest-1=CN  eu-central-1=DE  eu-central-2=CH  eu-north-1=SE-SE3
  eu-south-1=IT-NO  eu-south-2=ES  eu-west-1=IE  eu-west-2=GB  eu-west-3=FR  il-central-1=IL
  me-central-1=AE  me-south-1=BH  mx-central-1=MX  sa-east-1=BR-CS  us-east-1=US-MIDA-PJM
  us-east-2=US-MIDA-PJM  us-gov-east-1=US-MIDA-PJM  us-gov-west-1=US-NW-PACW,US-NW-BPAT,US-NW-PGE
  us-west-1=US-CAL-CISO  us-west-2=US-NW-PACW,US-NW-BPAT
`;
const GOOGLE = `
  africa-south1=ZA  asia-east1=TW  asia-east2=HK  asia-northeast1=JP-TK  asia-northeast2=JP-KN
  asia-northeast3=KR  asia-south1=IN-WE  asia-south2=IN-NO  asia-southeast1=SG  asia-southeast2=ID
  australia-southeast1=AU-NSW  australia-southeast2=AU-VIC  europe-central2=PL  europe-north1=FI
  europe-north2=SE-SE3  europe-southwest1=ES  europe-west1=BE  europe-west2=GB  europe-west3=DE
  europe-west4=NL  europe-west6=CH  europe-west8=IT-NO  europe-west9=FR  europe-west10=DE
  europe-west12=IT-NO  me-central1=QA  me-central2=SA  me-west1=IL  northamerica-northeast1=CA-QC
  northamerica-northeast2=CA-ON  northamerica-south1=MX  southamerica-east1=BR-CS
  southamerica-west1=CL-SEN  us-central1=US-MIDW-MISO  us-east1=US-CAR-SC  us-east4=US-MIDA-PJM
  us-east5=US-MIDA-PJM  us-south1=US-TEX-ERCO  us-west1=US-NW-BPAT
  us-west2=US-CAL-LDWP,US-CAL-CISO  us-west3=US-NW-PACE  us-west4=US-NW-NEVP
`;
const AZURE = `
  australiacentral=AU-NSW  australiacentral2=AU-NSW  australiaeast=AU-NSW  australiasoutheast=AU-VIC
  austriaeast=AT  brazilsouth=BR-CS  brazilsoutheast=BR-CS  canadacentral=CA-ON  canadaeast=CA-QC
  centralindia=IN-WE  centralus=US-MIDW-MISO  chilecentral=CL-SEN  chinaeast=CN  chinaeast2=CN
  chinaeast3=CN  chinanorth=CN  chinanorth2=CN  chinanorth3=CN  eastasia=HK  eastus=US-MIDA-PJM
  eastus2=US-MIDA-PJM  francecentral=FR  francesouth=FR  germanynorth=DE  germanywestcentral=DE
  indonesiacentral=ID  israelcentral=IL  italynorth=IT-NO  japaneast=JP-TK  japanwest=JP-KN
  jioindiacentral=IN-WE  jioindiawest=IN-WE  koreacentral=KR  koreasouth=KR  malaysiawest=MY-WM
  mexicocentral=MX  newzealandnorth=NZ  northcentralus=US-MIDA-PJM  northeurope=IE  norwayeast=NO-NO1
  norwaywest=NO-NO2  polandcentral=PL  qatarcentral=QA  southafricanorth=ZA  southafricawest=ZA
  southcentralus=US-TEX-ERCO  southeastasia=SG  southindia=IN-SO  spaincentral=ES  swedencentral=SE-SE3
  switzerlandnorth=CH  switzerlandwest=CH  uaecentral=AE  uaenorth=AE  uksouth=GB  ukwest=GB
  usgovarizona=US-SW-AZPS,US-SW-SRP  usgovtexas=US-TEX-ERCO  usgovvirginia=US-MIDA-PJM
  westcentralus=US-NW-WACM  westeurope=NL  westindia=IN-WE  westus=US-CAL-CISO
  westus2=US-NW-GCPD,US-NW-BPAT,US-NW-DOPD  westus3=US-SW-SRP,US-SW-AZPS
`;

export interface CloudRegion {
  readonly provider: 'AWS' | 'Google Cloud' | 'Azure';
  /** Zones of Electricity Maps, or the two letters of a country that is one zone. */
  readonly zones: readonly string[];
}

let table: ReadonlyMap<string, CloudRegion> | undefined;

/** By the provider's name of the region in small letters. */
export function cloudRegions(): ReadonlyMap<string, CloudRegion> {
  table ??= new Map([
    ...rows('AWS', AWS),
    ...rows('Google Cloud', GOOGLE),
    ...rows('Azure', AZURE),
  ]);
  return table;
}

function rows(provider: CloudRegion['provider'], text: string): [string, CloudRegion][] {
  return text
    .trim()
    .split(/\s+/)
    .map((row) => {
      const [id = '', zones = ''] = row.split('=');
      return [id, { provider, zones: zones.split(',') }];
    });
}
