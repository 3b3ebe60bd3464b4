export { findTriggerDirectory, type SynthesisOptions, synthesizeEnvironment } from './app.ts';
export { InfraError, type InfraErrorCode } from './errors.ts';
export type { ResourceArguments, StackConfig } from './stack-config.ts';
