import { SluiceError } from '../../model/error.js';
import type { CreateBytePlane } from '../byte-plane.js';
import { type Agents, createAgents } from './agents.js';
import type { Line } from './line.js';
import { openFile } from './open-file.js';
import { createPace } from './pace.js';
import { sendForm } from './send-form.js';
import { sendParts } from './send-parts.js';

/** Bytes over node:http(s): few large reads, and buffers that are used again. */
export const createBytePlane: CreateBytePlane = ({ bytesPerSecond, comparePartMd5 = false, ...network }) => {
  let agents: Agents | undefined;
  const pace = createPace(bytesPerSecond);
  const line = (): Line => {
    agents ??= createAgents(network);
    return { agents, pace, comparePartMd5 };
  };
  return {
    sendParts: (transfer) => sendParts(transfer, line()),
    sendForm: (transfer) => sendForm(transfer, line()),
    openSource: async (source) => {
      if (source.kind === 'file') return openFile(source.path);
      throw new SluiceError({
        code: 'unsupported',
        message: `a source of the kind "${source.kind}" cannot be read from here`,
      });
    },
    close: async () => {
      agents?.http?.destroy();
      agents?.https.destroy();
    },
  };
};
