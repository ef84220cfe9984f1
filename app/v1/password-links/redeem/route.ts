import { z } from 'zod';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { passwordLinkSchema } from '@/lib/schemas/user';
import { redeemPasswordLink } from '@/lib/users/password-link';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/password-links/redeem', {
  POST: operation({
    summary: 'Set a password by a one-time link',
    access: 'anyone',
    body: passwordLinkSchema,
    status: 200,
    answer: z.object({ username: z.string() }),
    handle: ({ info, body }) => redeemPasswordLink(info, body),
  }),
});
