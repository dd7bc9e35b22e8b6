import { InvalidArgumentError } from 'commander';

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** Timers count in 32 bits. */
const longest = 2 ** 31 - 1;

/** Reads `500ms`, `30s`, `10m`, `2h` as milliseconds. @throws InvalidArgumentError naming the rule */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const milliseconds = Math.round(Number(match?.[1]) * (units[match?.[2] ?? ''] ?? Number.NaN));
  if (milliseconds >= 1 && milliseconds <= longest) return milliseconds;
  throw new InvalidArgumentError('It is a number with ms, s, m or h, such as 10m, and at most 596h.');
}
