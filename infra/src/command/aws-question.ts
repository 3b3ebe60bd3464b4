import { proxyOfSdk } from '@cognito-m2m/doctor/http-proxy';
import { InfraError } from '../errors.ts';

/** How long AWS may take to answer, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** What a client of AWS needs that asks one question before Terraform runs. */
export function questionConfig(region: string) {
  const { requestHandler } = proxyOfSdk(process.env);
  const limits = { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS };
  return {
    region,
    requestHandler: { ...requestHandler, ...limits, throwOnRequestTimeout: true },
  };
}

/**
 * Says that AWS did not tell which pools call the trigger.
 *
 * @param what - The lines before the reason.
 * @param next - The lines after it.
 */
export function attachmentUnknown(
  cause: unknown,
  { what, next }: { readonly what: readonly string[]; readonly next: readonly string[] },
): InfraError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const message = [...what, `  ${reason}`, ...next].join('\n');
  return new InfraError('ERR_INFRA_ATTACHMENT_UNKNOWN', message, { cause });
}
