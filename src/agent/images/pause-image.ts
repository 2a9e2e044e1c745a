import type { Docker } from '../../world/docker.ts';

/**
 * The image of the container that only holds a task's network: one static program of a few machine instructions that
 * ignores the end of its children (as process 1 of a shared process namespace it must not collect zombies) and sleeps
 * for ever. Written here byte by byte, so that no registry is needed for it.
 */
export const pauseImage = 'longshore/pause:1';

/** Sees to it, once, that the engine has the image. */
export interface PauseImage {
  prepared(): Promise<void>;
  /** Perhaps somebody removed it: whoever needs it next looks again. */
  forget(): void;
}

export function createPauseImage(docker: Docker, architecture: string): PauseImage {
  let ready: Promise<void> | undefined;
  async function prepare(): Promise<void> {
    if (await docker.inspectImage(pauseImage)) return;
    await docker.importImage(pauseImage, pauseArchive(architecture), pauseImageChanges);
  }
  return {
    async prepared() {
      ready ??= prepare();
      await ready.catch((error: unknown) => {
        ready = undefined;
        throw error;
      });
    },
    forget() {
      ready = undefined;
    },
  };
}

/** Dockerfile instructions that go with the archive. */
export const pauseImageChanges = ['ENTRYPOINT ["/pause"]'] as const;

/** The root file system of the image as a tar archive. `architecture` as the engine names it. */
export function pauseArchive(architecture: string): Uint8Array {
  const code = architecture === 'aarch64' || architecture === 'arm64' ? arm64Code() : x86Code;
  const machine = code === x86Code ? 0x3e : 0xb7;
  return tarOf('pause', elfOf(machine, code));
}

/** One instruction a line, or the few that make one system call. */
const x86Code = Uint8Array.from(
  [
    // struct sigaction { handler = SIG_IGN, flags, restorer, mask } on the stack, last member first
    [0x6a, 0x00], // push 0
    [0x6a, 0x00], // push 0
    [0x6a, 0x00], // push 0
    [0x6a, 0x01], // push 1
    [0x48, 0x89, 0xe6], // mov rsi, rsp
    [0x31, 0xd2], // xor edx, edx
    [0x6a, 0x08, 0x41, 0x5a], // r10 = 8, the size of the mask
    [0x6a, 0x11, 0x5f], // rdi = 17, SIGCHLD
    [0x6a, 0x0d, 0x58, 0x0f, 0x05], // rt_sigaction
    [0x6a, 0x22, 0x58, 0x0f, 0x05], // pause
    [0xeb, 0xf9], // again
  ].flat(),
);

function arm64Code(): Uint8Array {
  const move = (register: number, value: number): number => (0xd2800000 | (value << 5) | register) >>> 0;
  const call = 0xd4000001;
  const instructions = [
    move(8, 1), // SIG_IGN
    0xa9be7fe8, // stp x8, xzr, [sp, #-32]!
    0xa9017fff, // stp xzr, xzr, [sp, #16]
    move(0, 17), // SIGCHLD
    0x910003e1, // mov x1, sp
    move(2, 0),
    move(3, 8), // the size of the mask
    move(8, 134), // rt_sigaction
    call,
    ...[0, 1, 2, 3, 4].map((register) => move(register, 0)),
    move(8, 73), // ppoll of nothing, without an end: this architecture has no pause
    call,
    0x17fffff9, // again
  ];
  const code = new DataView(new ArrayBuffer(instructions.length * 4));
  for (const [index, instruction] of instructions.entries()) code.setUint32(index * 4, instruction, true);
  return new Uint8Array(code.buffer);
}

/** One loadable segment that holds the headers and the code. */
function elfOf(machine: number, code: Uint8Array): Uint8Array {
  const headers = 64 + 56;
  const base = 0x400000n;
  const size = BigInt(headers + code.length);
  const file = new Uint8Array(headers + code.length);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64 bit, little endian, version 1
  view.setUint16(16, 2, true); // an executable
  view.setUint16(18, machine, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, base + BigInt(headers), true); // entry
  view.setBigUint64(32, 64n, true); // program headers follow
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true); // load
  view.setUint32(68, 5, true); // read and execute
  view.setBigUint64(80, base, true);
  view.setBigUint64(88, base, true);
  view.setBigUint64(96, size, true);
  view.setBigUint64(104, size, true);
  view.setBigUint64(112, 0x10000n, true); // the largest page either architecture has
  file.set(code, headers);
  return file;
}

/** A ustar archive of one executable file, ended by two empty blocks. */
function tarOf(name: string, content: Uint8Array): Uint8Array {
  const block = 512;
  const archive = new Uint8Array(block + Math.ceil(content.length / block) * block + 2 * block);
  const put = (offset: number, text: string): void => archive.set(new TextEncoder().encode(text), offset);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  put(0, name);
  put(100, `${octal(0o755, 7)}\0`);
  put(108, `${octal(0, 7)}\0`);
  put(116, `${octal(0, 7)}\0`);
  put(124, `${octal(content.length, 11)}\0`);
  put(136, `${octal(0, 11)}\0`); // the epoch: the same bytes always give the same image
  put(148, ' '.repeat(8)); // the checksum counts its own field as spaces
  put(156, '0');
  put(257, 'ustar\u000000');
  let sum = 0;
  for (const byte of archive.subarray(0, block)) sum += byte;
  put(148, `${octal(sum, 6)}\0 `);
  archive.set(content, block);
  return archive;
}
