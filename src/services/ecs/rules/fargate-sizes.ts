/** By task CPU units, the memory (MiB) that Fargate has for it: from, to, in steps. 256 units are in neither series. */
const memoryByCpuUnits: Readonly<
  Record<number, { readonly from: number; readonly to: number; readonly step: number }>
> = {
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16_384, step: 1024 },
  4096: { from: 8192, to: 30_720, step: 1024 },
  8192: { from: 16_384, to: 61_440, step: 4096 },
  16384: { from: 32_768, to: 122_880, step: 8192 },
};

/** Whether Fargate has tasks of this size. */
export function isFargateSize(cpuUnits: number, memoryMiB: number): boolean {
  if (cpuUnits === 256) return memoryMiB === 512 || memoryMiB === 1024 || memoryMiB === 2048;
  const memory = memoryByCpuUnits[cpuUnits];
  if (!memory) return false;
  return memoryMiB >= memory.from && memoryMiB <= memory.to && (memoryMiB - memory.from) % memory.step === 0;
}
