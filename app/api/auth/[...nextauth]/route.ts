import NextAuth from 'next-auth';
import { authOptions } from '@/lib/auth/options';

interface AuthContext {
  params: Promise<{ nextauth: string[] }>;
}

/** next-auth's own paths; its answer is all that happens here. */
const handler = async (request: Request, context: AuthContext): Promise<Response> => (await NextAuth(request as never, context as never, authOptions())) as Response;

export { handler as GET, handler as POST };
