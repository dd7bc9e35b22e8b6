import { SluiceError } from '../../model/error.js';
import type { CreateBytePlane } from '../byte-plane.js';
import { type Agents, createAgents } from './agents.js';
import { openFile } from './open-file.js';
import { sendForm } from './send-form.js';
import { sendParts } from './send-parts.js';

/** Bytes over node:http(s): few large reads, and buffers that are used again. */
export const createBytePlane: CreateBytePlane = (network) => {
  let agents: Agents | undefined;
  const connections = () => {
    agents ??= createAgents(network);
    return agents;
  };
  return {
    sendParts: (transfer) => sendParts(transfer, connections()),
    sendForm: (transfer) => sendForm(transfer, connections()),
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
