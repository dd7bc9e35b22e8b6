import * as z from 'zod';
import type { JsonAnswer } from '../faults/broken-answer.js';
import { indexBody, ok, pageOf, refusal } from './answers.js';
import type { Call, Endpoint } from './exchange.js';
import { objectId } from './ids.js';
import { invalid } from './metadata.js';
import type { EmulatedIndex } from './things.js';
import type { TwelvelabsState } from './twelvelabs-state.js';

const createSchema = z.object({
  index_name: z.string().min(1),
  models: z.array(z.object({ model_name: z.string().min(1), model_options: z.array(z.string()) })).min(1),
});

/** POST, GET and DELETE of `/indexes`. */
export function indexEndpoints(state: TwelvelabsState): Endpoint[] {
  const point = 'index' as const;
  return [
    { method: 'POST', path: '/indexes', point, answer: (call) => create(state, call) },
    { method: 'GET', path: '/indexes', point, answer: ({ query }) => list(state, query) },
    { method: 'GET', path: '/indexes/:id', point, answer: ({ id }) => find(state, id) },
    { method: 'DELETE', path: '/indexes/:id', point, answer: ({ id }) => remove(state, id) },
  ];
}

function create({ indexes, rooms }: TwelvelabsState, { body }: Call): JsonAnswer {
  const read = createSchema.safeParse(body);
  if (!read.success) return invalid(read.error);
  const { index_name: name, models } = read.data;
  if ([...indexes.values()].some((index) => index.name === name)) {
    return refusal(400, 'index_name_already_exists', `The index name ${name} already exists`);
  }
  const index: EmulatedIndex = {
    id: objectId(),
    name,
    models: models.map(({ model_name }) => model_name),
    createdAt: rooms.clock.now(),
    digests: [],
  };
  indexes.set(index.id, index);
  return ok({ _id: index.id }, 201);
}

function list({ indexes }: TwelvelabsState, query: Record<string, string>): JsonAnswer {
  const { items, page_info } = pageOf([...indexes.values()].reverse(), query);
  return ok({ data: items.map(indexBody), page_info });
}

function find({ indexes }: TwelvelabsState, id: string): JsonAnswer {
  const index = indexes.get(id);
  return index ? ok(indexBody(index)) : noIndex(id);
}

function remove({ indexes }: TwelvelabsState, id: string): JsonAnswer {
  return indexes.delete(id) ? ok(undefined, 204) : noIndex(id);
}

/** What whoever names no index is told. */
export function noIndex(id: string): JsonAnswer {
  return refusal(404, 'resource_not_exists', `Index with id ${id} does not exist`);
}
