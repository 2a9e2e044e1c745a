/** The options of the awslogs driver that say how lines become events. */

/**
 * The pattern of a line that begins an event: `awslogs-multiline-pattern`, or what `awslogs-datetime-format` stands for.
 * Undefined where each line is an event.
 */
export function eventStartPattern(options: Readonly<Record<string, string>>): string | undefined {
  const format = options['awslogs-datetime-format'];
  // What is no conversion is a pattern already: AWS's own example escapes the brackets around a date. One that the driver
  // does not know stands for nothing.
  if (format) return format.replaceAll(/%./g, (conversion) => conversions[conversion] ?? '');
  return options['awslogs-multiline-pattern'] || undefined;
}

/** Conversions of the driver's documentation, each as what it prints can look like. */
const conversions: Readonly<Record<string, string>> = {
  '%a': '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)',
  '%A': '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)',
  '%w': '[0-6]',
  '%d': '(?:0[1-9]|[12][0-9]|3[01])',
  '%b': '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)',
  '%B': '(?:January|February|March|April|May|June|July|August|September|October|November|December)',
  '%m': '(?:0[1-9]|1[0-2])',
  '%Y': '[0-9]{4}',
  '%y': '[0-9]{2}',
  '%H': '(?:[01][0-9]|2[0-3])',
  '%I': '(?:0[1-9]|1[0-2])',
  '%p': '[AP]M',
  '%M': '[0-5][0-9]',
  '%S': '[0-5][0-9]',
  '%f': '[0-9]{6}',
  '%L': '\\.[0-9]{3}',
  '%z': '[+-][0-9]{4}',
  '%Z': '[A-Z]{1,4}T',
  '%j': '(?:[0-2][0-9][0-9]|3[0-5][0-9]|36[0-6])',
};
