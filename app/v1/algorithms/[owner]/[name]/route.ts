import { deleteAlgorithm, getAlgorithm } from '@/lib/algorithms/service';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { algorithmSchema } from '@/lib/schemas/algorithm';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/algorithms/[owner]/[name]', {
  GET: operation({
    summary: 'One algorithm',
    access: 'algorithm.see',
    status: 200,
    answer: algorithmSchema,
    handle: ({ caller, params }) => getAlgorithm(caller, params.owner ?? '', params.name ?? ''),
  }),
  DELETE: operation({
    summary: 'Delete an algorithm and its secrets',
    access: 'algorithm.delete',
    status: 204,
    handle: ({ caller, params }) => deleteAlgorithm(caller, params.owner ?? '', params.name ?? ''),
  }),
});
