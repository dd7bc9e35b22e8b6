import { expect, it } from 'vitest';
import { PieceSize } from '../../src/platform/node-bytes/piece-size.js';

const kibi = 1024;

/** Gives pieces of the size that is asked for to a line of so many bytes a millisecond. */
function send(piece: PieceSize, bytesPerMillisecond: number, pieces: number): number {
  for (let at = 0; at < pieces; at += 1) piece.took(piece.bytes, piece.bytes / bytesPerMillisecond);
  return piece.bytes;
}

it('grows on a fast line up to what a buffer holds', () => {
  expect(send(new PieceSize(2048 * kibi), 2_000_000, 10)).toBe(2048 * kibi);
  expect(send(new PieceSize(100 * kibi), 2_000_000, 10)).toBe(100 * kibi);
});

it('stays small on a slow line, and never below what is worth a call', () => {
  expect(send(new PieceSize(2048 * kibi), 100, 10)).toBe(64 * kibi);
});

it('follows a line that becomes slow, and one that becomes fast again', () => {
  const piece = new PieceSize(2048 * kibi);
  send(piece, 2_000_000, 10);
  expect(send(piece, 1_000, 10)).toBe(64 * kibi);
  expect(send(piece, 2_000_000, 10)).toBe(2048 * kibi);
});

it('learns nothing from the short rest of a part', () => {
  const piece = new PieceSize(2048 * kibi);
  const before = piece.bytes;
  piece.took(1, 0);
  piece.took(1, 1_000);
  expect(piece.bytes).toBe(before);
});

it('is no larger than a small buffer, however slow the line', () => {
  const piece = new PieceSize(10);
  piece.took(10, 1_000);
  expect(piece.bytes).toBe(10);
});
