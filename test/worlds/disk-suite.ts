import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Disk } from '../../src/world/world.ts';
import { type Fixture, type MakeFixture, text, utf8, worldTest } from './fixture.ts';

export interface DiskFixture extends Fixture {
  readonly disk: Disk;
  /** An empty directory that exists. */
  readonly directory: string;
}

export function diskSuite(make: MakeFixture<DiskFixture>): void {
  describe('disk', () => {
    worldTest(make, 'what does not exist reads as undefined and lists as empty', async ({ disk, directory }) => {
      assert.equal(await disk.read(`${directory}/none`), undefined);
      assert.equal(await disk.readRange(`${directory}/none`, 0, 10), undefined);
      assert.equal(await disk.size(`${directory}/none`), undefined);
      assert.deepEqual(await disk.list(`${directory}/none`), []);
      assert.equal(await disk.read(`${directory}/none/deeper`), undefined);
    });

    worldTest(
      make,
      'an atomic write makes and replaces whole files and leaves nothing beside them',
      async (fixture) => {
        const { disk, directory } = fixture;
        await disk.writeAtomic(`${directory}/a`, utf8('a longer first content'));
        assert.equal(text(await disk.read(`${directory}/a`)), 'a longer first content');
        await disk.writeAtomic(`${directory}/a`, utf8('second'), 0o600);
        assert.equal(text(await disk.read(`${directory}/a`)), 'second');
        assert.equal(await disk.size(`${directory}/a`), 6);
        assert.deepEqual(await disk.list(directory), ['a']);
      },
    );

    worldTest(
      make,
      'atomic writes of one file at the same time leave one of them whole',
      async ({ disk, directory }) => {
        const contents = Array.from({ length: 8 }, (_, index) => String(index).repeat(10_000));
        await Promise.all(contents.map((content) => disk.writeAtomic(`${directory}/a`, utf8(content))));
        assert.ok(contents.includes(text(await disk.read(`${directory}/a`)) ?? ''));
        assert.deepEqual(await disk.list(directory), ['a']);
      },
    );

    worldTest(make, 'a range gives what there is of it', async ({ disk, directory }) => {
      await disk.writeAtomic(`${directory}/a`, utf8('0123456789'));
      assert.equal(text(await disk.readRange(`${directory}/a`, 2, 3)), '234');
      assert.equal(text(await disk.readRange(`${directory}/a`, 8, 100)), '89');
      assert.equal(text(await disk.readRange(`${directory}/a`, 50, 10)), '');
    });

    worldTest(make, 'a stream gives the same bytes in parts, and may be left early', async ({ disk, directory }) => {
      const content = Uint8Array.from({ length: 700_000 }, (_, index) => index % 251);
      await disk.writeAtomic(`${directory}/a`, content);
      const collect = async (offset: number, length: number): Promise<readonly number[]> => {
        const bytes: number[] = [];
        for await (const part of disk.readStream(`${directory}/a`, offset, length))
          for (const byte of part) bytes.push(byte);
        return bytes;
      };
      assert.deepEqual(await collect(0, 700_000), Array.from(content));
      assert.deepEqual(await collect(300_001, 5), Array.from(content.slice(300_001, 300_006)));
      assert.deepEqual(await collect(699_999, 100), Array.from(content.slice(699_999)));
      assert.deepEqual(await collect(0, 0), []);
      await disk.writeAtomic(`${directory}/large`, new Uint8Array(3_000_000));
      for await (const part of disk.readStream(`${directory}/large`, 0, 3_000_000)) {
        assert.ok(part.length < 3_000_000);
        break;
      }
      await assert.rejects(async () => {
        for await (const part of disk.readStream(`${directory}/none`, 0, 1)) assert.fail(`gave ${part.length} bytes`);
      });
    });

    worldTest(make, 'appending makes directories, goes on after the end, and keeps the order', async (fixture) => {
      const { disk, directory } = fixture;
      const path = `${directory}/deep/er/log`;
      const first = await disk.openAppend(path);
      assert.equal(first.size, 0);
      await Promise.all([first.append(utf8('one ')), first.append(utf8('two ')), first.append(utf8('three '))]);
      assert.equal(first.size, 14);
      await first.sync();
      await first.close();
      const second = await disk.openAppend(path);
      assert.equal(second.size, 14);
      await second.append(utf8('four'));
      assert.equal(text(await disk.read(path)), 'one two three four');
      await second.close();
      assert.deepEqual(await disk.list(`${directory}/deep`), ['er']);
    });

    worldTest(make, 'truncating cuts the end off', async ({ disk, directory }) => {
      await disk.writeAtomic(`${directory}/a`, utf8('0123456789'));
      await disk.truncate(`${directory}/a`, 4);
      assert.equal(text(await disk.read(`${directory}/a`)), '0123');
    });

    worldTest(make, 'renaming moves a file over another and into directories that it makes', async (fixture) => {
      const { disk, directory } = fixture;
      await disk.writeAtomic(`${directory}/a`, utf8('new'));
      await disk.makeDirectory(`${directory}/b`);
      await disk.writeAtomic(`${directory}/b/c`, utf8('old'));
      await disk.rename(`${directory}/a`, `${directory}/b/c`);
      assert.equal(text(await disk.read(`${directory}/b/c`)), 'new');
      assert.equal(await disk.read(`${directory}/a`), undefined);
      await disk.rename(`${directory}/b/c`, `${directory}/d/e/f`);
      assert.equal(text(await disk.read(`${directory}/d/e/f`)), 'new');
      await assert.rejects(disk.rename(`${directory}/none`, `${directory}/d/g`));
    });

    worldTest(make, 'a listing is sorted and holds files and directories', async ({ disk, directory }) => {
      await disk.writeAtomic(`${directory}/b`, utf8(''));
      await disk.writeAtomic(`${directory}/a10`, utf8(''));
      await disk.writeAtomic(`${directory}/B`, utf8(''));
      await disk.makeDirectory(`${directory}/a/x`);
      assert.deepEqual(await disk.list(directory), ['B', 'a', 'a10', 'b']);
      assert.deepEqual(await disk.list(`${directory}/a`), ['x']);
      await disk.makeDirectory(`${directory}/a/x`);
    });

    worldTest(make, 'removing takes files and whole directories; nothing there is no error', async (fixture) => {
      const { disk, directory } = fixture;
      await disk.makeDirectory(`${directory}/a/b`);
      await disk.writeAtomic(`${directory}/a/b/c`, utf8('x'));
      await disk.writeAtomic(`${directory}/d`, utf8('x'));
      await disk.remove(`${directory}/a`);
      await disk.remove(`${directory}/d`);
      await disk.remove(`${directory}/never`);
      assert.deepEqual(await disk.list(directory), []);
    });

    worldTest(make, 'reading a directory as a file rejects', async ({ disk, directory }) => {
      await disk.makeDirectory(`${directory}/a`);
      await assert.rejects(disk.read(`${directory}/a`));
    });
  });
}
