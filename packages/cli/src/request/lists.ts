import { InvalidArgumentError } from 'commander';

/** For options that may be repeated. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** A reader of comma-separated choices that may be repeated too. */
export function choicesOf<Choice extends string>(
  choices: readonly Choice[],
): (text: string, previous: Choice[] | undefined) => Choice[] {
  return (text, previous) => {
    const read = text.split(',').map((word) => {
      const found = choices.find((choice) => choice === word.trim());
      if (found === undefined)
        throw new InvalidArgumentError(`It is one or more of ${choices.join(', ')}, separated by commas.`);
      return found;
    });
    return [...(previous ?? []), ...read];
  };
}
