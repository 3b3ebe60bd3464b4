import { FACT_METRICS } from '@cognito-m2m/doctor/watch-facts';

/** List prices of eu-central-1 in 2026, in US dollars. */
const PRICES = {
  /** AWS Lambda on arm64. */
  gigabyteSecond: 0.0000133334,
  invocation: 0.2 / 1_000_000,
  /** Amazon DynamoDB on demand. */
  readUnit: 0.1525 / 1_000_000,
  writeUnit: 0.7625 / 1_000_000,
  /** Amazon CloudWatch, a month each: a metric, and each metric that an alarm reads. */
  metric: 0.3,
  alarmMetric: 0.1,
  logGigabyte: 0.63,
  kmsCall: 0.03 / 10_000,
  /** Amazon Cognito, a token of a machine. */
  token: 0.00225,
} as const;

const POOLS = 5;
const CLIENTS = 500;
const MINUTES_A_MONTH = 30 * 24 * 60;
const LAMBDA_GIGABYTES = 0.25;
/** 20 clients of each pool have their secrets listed, 5 a second: the quota of Amazon Cognito. */
const LOOK_SECONDS = (POOLS * 20) / 5;
const PROOF_SECONDS = 2;
/** Eventually consistent: half a unit for each 4 KB, with baselines of 1 KB. */
const LOOK_READS = Math.ceil(CLIENTS / 4 / 2);
/** The right to look, taken and given back, and how it ended. */
const LOOK_WRITES = 4;
/** DynamoDB keeps the key of each of the two tables for 5 minutes. */
const LOOK_KMS_CALLS = 2;
const LOG_GIGABYTES = 2 / 1_000_000;
const METRICS = FACT_METRICS.length + 1;
/** Those of the facts and of failures read one metric each, the one of silence four. */
const ALARMS = METRICS + 1;
const ALARM_METRICS = METRICS + 4;

const number = new Intl.NumberFormat('en-US');
const dollars = (amount: number) => amount.toFixed(2);

/** What the watcher of 5 pools and 500 clients costs in a month, as the table of docs/watch.md. */
export function costRows(): string[][] {
  const usual = looks(5);
  const fixed = METRICS * PRICES.metric + ALARM_METRICS * PRICES.alarmMetric;
  const total = usual.compute + usual.data + usual.other + fixed;
  const often = looks(1);
  const oftenTotal = often.compute + often.data + often.other + fixed;
  const every = number.format(usual.count);
  return [
    ['what', 'how much', 'cost'],
    ['AWS Lambda', `${every} looks of ${LOOK_SECONDS} s with 256 MB`, dollars(usual.compute)],
    [
      'Amazon DynamoDB',
      `${every} looks, each ${LOOK_READS} read units for ${CLIENTS} baselines and ${LOOK_WRITES} write units`,
      dollars(usual.data),
    ],
    [
      'Amazon CloudWatch',
      `${METRICS} metrics, ${ALARMS} alarms that read ${ALARM_METRICS} metrics`,
      dollars(fixed),
    ],
    ['AWS KMS, logs', `${LOOK_KMS_CALLS} calls and 2 KB for each look`, dollars(usual.other)],
    ['Amazon EventBridge, AWS CloudTrail', 'management events of the first trail', dollars(0)],
    ['together', '', dollars(total)],
    ['the same with `everyMinutes: 1`', `${number.format(often.count)} looks`, dollars(oftenTotal)],
    ['in addition, the canary of a pool', proofText(15), dollars(canary(15))],
    [`the canaries of ${POOLS} pools`, '', dollars(POOLS * canary(15))],
    ['a canary with `canaryMinutes: 60`', proofText(60), dollars(canary(60))],
  ];
}

function looks(everyMinutes: number) {
  const count = MINUTES_A_MONTH / everyMinutes;
  return {
    count,
    compute: count * invocation(LOOK_SECONDS),
    data: count * (LOOK_READS * PRICES.readUnit + LOOK_WRITES * PRICES.writeUnit),
    other: count * (LOOK_KMS_CALLS * PRICES.kmsCall + LOG_GIGABYTES * PRICES.logGigabyte),
  };
}

function invocation(seconds: number): number {
  return seconds * LAMBDA_GIGABYTES * PRICES.gigabyteSecond + PRICES.invocation;
}

/** One pool's: its tokens, the time of the function, a metric and an alarm. */
function canary(everyMinutes: number): number {
  const proofs = MINUTES_A_MONTH / everyMinutes;
  return proofs * (PRICES.token + invocation(PROOF_SECONDS)) + PRICES.metric + PRICES.alarmMetric;
}

function proofText(everyMinutes: number): string {
  const proofs = number.format(MINUTES_A_MONTH / everyMinutes);
  return `${proofs} tokens of $${PRICES.token}, a metric and an alarm`;
}
