/** True if an AWS service answered with this exception. By name: each SDK client has classes of its own. */
export function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}
