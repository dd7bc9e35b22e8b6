import { expect, it } from 'vitest';
import { ownerOf } from '../src/own-files.js';

it.each([
  ['by what follows the prefix', 'clips/a.mp4', 'clips/a.mp4'],
  ['by its key', 'incoming/clips/a.mp4', 'clips/a.mp4'],
  ['by its last part', 'b.mp4', 'more/b.mp4'],
  ['by its last part, which two have', 'a.mp4', undefined],
  ['and is none of the job', 'c.mp4', undefined],
  ['and only ends the same', 'not-b.mp4', undefined],
  ['by nothing', null, undefined],
])('a file that TwelveLabs names %s: %s is %s', (_how, filename, name) => {
  expect(ownerOf(['clips/a.mp4', 'other/a.mp4', 'more/b.mp4'])(filename)).toBe(name);
});
