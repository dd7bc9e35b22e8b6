/** What a picture says of itself. */
export interface ImageFacts {
  format: 'png' | 'jpg';
  /** Pixels. */
  width: number;
  height: number;
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** Reads the size of a PNG or a JPEG. Throws where it is neither. */
export function imageSize(bytes: Buffer): ImageFacts {
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE) && bytes.length >= 24) {
    return { format: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  if (bytes.subarray(0, 2).toString('hex') !== 'ffd8') throw new Error('the picture is neither a JPEG nor a PNG');
  return { format: 'jpg', ...sizeOfFrame(bytes) };
}

/** Walks a JPEG's segments to the first start of a frame. */
function sizeOfFrame(bytes: Buffer): { width: number; height: number } {
  for (let at = 2; at + 9 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt8(at + 1);
    // C4, C8 and CC are tables and extensions among the markers of frames.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
  }
  throw new Error('the JPEG has no frame');
}
