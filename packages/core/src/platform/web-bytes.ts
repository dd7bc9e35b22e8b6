import { SluiceError } from '../model/error.js';
import type { CreateBytePlane } from './byte-plane.js';

/** Placeholder until written by the byte plane's author. */
export const createBytePlane: CreateBytePlane = () => {
  const refuse = async () => {
    throw new SluiceError({ code: 'unsupported', message: 'bytes cannot be sent from this runtime' });
  };
  return { sendParts: refuse, sendForm: refuse, openSource: refuse, close: async () => {} };
};
