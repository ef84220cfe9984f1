import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { markerQuerySchema } from '@/lib/schemas/common';
import { createdUserSchema, userPageSchema, userRequestSchema } from '@/lib/schemas/user';
import { createUser, listUsers } from '@/lib/users/service';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/users', {
  GET: operation({
    summary: 'All users, by name',
    access: 'user.list',
    query: markerQuerySchema,
    status: 200,
    answer: userPageSchema,
    handle: ({ caller, query }) => listUsers(caller, query),
  }),
  POST: operation({
    summary: 'Add a user; without a password the answer has a one-time link to set one',
    access: 'user.create',
    body: userRequestSchema,
    malformed: (issues) => (issues.some((issue) => issue.message === 'is missing.' || issue.path.length === 0) ? 'MissingRequiredFields' : 'InputValidationError'),
    status: 200,
    answer: createdUserSchema,
    handle: ({ caller, body }) => createUser(caller, body),
  }),
});
