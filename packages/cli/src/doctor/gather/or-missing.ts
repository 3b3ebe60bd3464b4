/** `missing` for what AWS says is not there. */
export function orMissing<T>(answer: Promise<T>): Promise<T | 'missing'> {
  return answer.catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return 'missing';
    throw error;
  });
}
