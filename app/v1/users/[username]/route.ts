import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { userSchema } from '@/lib/schemas/user';
import { deleteUser, getUser } from '@/lib/users/service';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/users/[username]', {
  GET: operation({
    summary: 'One user',
    access: 'user.see',
    status: 200,
    answer: userSchema,
    handle: ({ caller, params }) => getUser(caller, params.username ?? ''),
  }),
  DELETE: operation({
    summary: 'Delete a user who owns no algorithms',
    access: 'user.delete',
    status: 204,
    handle: ({ caller, params }) => deleteUser(caller, params.username ?? ''),
  }),
});
