/** CPU units in `"1024"`, `"1 vCPU"`, `".5 vcpu"`; undefined when the text is no such size. */
export function parseCpuUnits(text: string): number | undefined {
  return parseSize(text, /^([0-9]*\.?[0-9]+)\s*vcpu$/i);
}

/** MiB in `"1024"`, `"1GB"`, `"0.5 gb"`; undefined when the text is no such size. */
export function parseMemoryMiB(text: string): number | undefined {
  return parseSize(text, /^([0-9]*\.?[0-9]+)\s*gb$/i);
}

/** Both sizes are whole numbers of a 1024th of the unit. */
function parseSize(text: string, inUnits: RegExp): number | undefined {
  const trimmed = text.trim();
  if (/^[0-9]{1,9}$/.test(trimmed)) return Number(trimmed);
  const units = inUnits.exec(trimmed)?.[1];
  return units === undefined ? undefined : Math.round(Number(units) * 1024);
}
