/**
 * `halfnote/mime/front-end`: what kernel and front end tell each other by comms. Plain data, without
 * schemas: it is loaded with every page and every kernel.
 */
export { DEFAULT_REPORT, POLICY_TARGET, policyReport } from './policy';
export type { PolicyReport } from './policy';
export { JOURNAL_TARGET, journalMessage } from './journal';
export type {
  AnswerMessage,
  JournaledOutput,
  JournaledQuestion,
  JournaledRun,
  JournalMessage,
  KeptMessage,
  OpeningMessage,
  SavedDisplay,
  SavedOutputs,
} from './journal';
export { ENERGY_TARGET, energyMessage, LEAST_INTERVAL_S, LISTENS_FOR_S } from './energy';
export type {
  EnergyFigure,
  EnergyMessage,
  EnergyRequest,
  EnergyRow,
  PowerSample,
  SessionEnergyReport,
} from './energy';
export {
  MOST_VALUES,
  MOST_VARIABLES,
  variableRows,
  VARIABLES_TARGET,
  variablesMessage,
  variableValues,
} from './variables';
export type {
  VariableEntry,
  VariableKind,
  VariableLayer,
  VariableRow,
  VariablesMessage,
  VariablesRequest,
  VariableValues,
} from './variables';
