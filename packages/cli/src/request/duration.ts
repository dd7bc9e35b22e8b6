import { InvalidArgumentError } from 'commander';

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Timers count in 32 bits. */
const longest = 2 ** 31 - 1;

/** Reads `500ms`, `30s`, `10m`, `2h`, `1d` as milliseconds. @throws InvalidArgumentError naming the rule */
export function parseDuration(text: string): number {
  const milliseconds = ageOf(text);
  if (milliseconds >= 1 && milliseconds <= longest) return milliseconds;
  throw new InvalidArgumentError('It is a number with ms, s, m, h or d, such as 10m, and at most 24d.');
}

/** How long ago something was, which no timer counts. Milliseconds. @throws InvalidArgumentError naming the rule */
export function parseAge(text: string): number {
  const milliseconds = ageOf(text);
  if (Number.isSafeInteger(milliseconds)) return milliseconds;
  throw new InvalidArgumentError('It is a number with ms, s, m, h or d, such as 24h or 30d.');
}

/** The same; NaN for what is none. */
export function ageOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  return Math.round(Number(match?.[1]) * (units[match?.[2] ?? ''] ?? Number.NaN));
}
