import { availableParallelism, totalmem } from 'node:os';

/** What a reader has to know of the machine, and nothing that names it. */
export interface Machine {
  cores: number;
  memoryGiB: number;
  node: string;
  system: string;
}

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    system: `${process.platform} ${process.arch}`,
  };
}

export function machineText({ cores, memoryGiB, node, system }: Machine): string {
  return `${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}`;
}
