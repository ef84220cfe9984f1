import { createAlgorithm, demandOwner, listAlgorithms } from '@/lib/algorithms/service';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { algorithmPageSchema, algorithmRequestSchema, algorithmSchema } from '@/lib/schemas/algorithm';
import { markerQuerySchema } from '@/lib/schemas/common';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/algorithms/[owner]', {
  GET: operation({
    summary: 'The algorithms of an owner that the caller may see',
    access: 'algorithm.list',
    query: markerQuerySchema,
    status: 200,
    answer: algorithmPageSchema,
    handle: ({ caller, params, query }) => listAlgorithms(caller, params.owner ?? '', query),
  }),
  POST: operation({
    summary: 'Create an algorithm',
    access: 'algorithm.create',
    demand: (caller, params) => demandOwner(caller, params.owner ?? ''),
    body: algorithmRequestSchema,
    status: 201,
    answer: algorithmSchema,
    handle: ({ caller, params, body }) => createAlgorithm(caller, params.owner ?? '', body),
  }),
});
