import Fastify from 'fastify';

/** The least that a Fastify server can do: a route that answers with bytes it has. What deliveries are held against. */
const [bytes = '0'] = process.argv.slice(2);
const body = Buffer.alloc(Number(bytes), 'x');
const app = Fastify();
app.get('/', (_request, reply) => reply.header('Content-Type', 'application/json; charset=utf-8').send(body));
await app.listen({ port: 0, host: '127.0.0.1' });
const address = app.server.address();
process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
process.on('disconnect', () => process.exit(0));
