import { expect, test } from 'vitest';
import { helpText, readArguments } from '../src/command/arguments.js';

const known = ['overhead', 'size'];

test('without a name, everything is measured', () => {
  expect(readArguments([], known)).toEqual({ do: 'run', names: known, full: false });
});

test('names choose, and --full takes the great numbers', () => {
  expect(readArguments(['size', '--full'], known)).toEqual({ do: 'run', names: ['size'], full: true });
});

test('an unknown name is refused with those that there are', () => {
  expect(() => readArguments(['sise'], known)).toThrow('no benchmark is called sise; there are overhead, size');
});

test('help names every benchmark', () => {
  expect(readArguments(['--help'], known)).toEqual({ do: 'help' });
  expect(helpText(known)).toContain('[overhead|size]');
});
