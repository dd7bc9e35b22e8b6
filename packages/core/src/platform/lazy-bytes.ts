import type { BytePlane, CreateBytePlane } from './byte-plane.js';

/** Loaded when bytes are to be moved for the first time: a client that only hands URLs over never needs it. */
export const createBytePlane: CreateBytePlane = (network) => {
  let loading: Promise<BytePlane> | undefined;
  const load = () => {
    loading ??= import('./node-bytes/create.js').then((module) => module.createBytePlane(network));
    return loading;
  };
  return {
    sendParts: async (transfer) => (await load()).sendParts(transfer),
    sendForm: async (transfer) => (await load()).sendForm(transfer),
    openSource: async (source) => (await load()).openSource(source),
    close: async () => {
      if (loading !== undefined) await (await loading).close();
    },
  };
};
