// The same load as an ordinary client makes it: autocannon, in a process of its own. One job a message.
import autocannon from 'autocannon';

process.on('message', async ({ port, clients, seconds, requests }) => {
  try {
    const result = await autocannon({ url: `http://127.0.0.1:${port}`, connections: clients, duration: seconds, requests });
    const refused = result.errors + result.timeouts + result.non2xx;
    process.send({ outcome: { perSecond: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99, refused } });
  } catch (error) {
    process.send({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
