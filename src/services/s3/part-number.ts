import { invalidArgument } from './errors.ts';
import { limits } from './rules/limits.ts';

export function checkPartNumber(partNumber: number): void {
  if (partNumber < 1 || partNumber > limits.parts) {
    throw invalidArgument(
      `Part number must be an integer between 1 and ${limits.parts}, inclusive`,
      'partNumber',
      String(partNumber),
    );
  }
}
