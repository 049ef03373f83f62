/**
 * How far apart the values of a series usually lie, milliseconds: the median of the pauses, so that gaps do not count. Undefined for fewer than two values. `at`: epoch
 * milliseconds, oldest first.
 */
export function spacingOf(points: readonly { readonly at: number }[]): number | undefined {
  const pauses = points.slice(1).map((point, i) => point.at - (points[i]?.at ?? point.at)).sort((a, b) => a - b);
  return pauses[Math.floor((pauses.length - 1) / 2)];
}

/** A resolution in words: "1-minute history". */
export function resolutionText(everyMs: number): string {
  const seconds = Math.round(everyMs / 1_000);
  if (seconds % 3_600 === 0 && seconds > 0) return `${seconds / 3_600}-hour history`;
  return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60}-minute history` : `${seconds}-second history`;
}
