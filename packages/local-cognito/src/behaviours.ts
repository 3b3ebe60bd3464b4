export { readCommittedMeasurement } from './config/measured.ts';
export {
  BEHAVIOUR_NAMES,
  BEHAVIOURS,
  type BehaviourName,
  describeBehaviourValues,
} from './model/behaviour.ts';
