import net from 'node:net';

/** Writes bytes to a server and answers all that came back until it closed the connection, or `forMs` is over. */
export function exchange(origin: string, parts: (string | Uint8Array)[], forMs = 2_000): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = net.connect(Number(port), hostname, () => {
      for (const part of parts) socket.write(part);
    });
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('utf8'));
    };
    const timer = setTimeout(finish, forMs);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', finish);
    socket.on('close', finish);
    socket.on('error', (error: NodeJS.ErrnoException) => (chunks.length > 0 ? finish() : reject(error)));
  });
}

/** Status and JSON body of the first answer in what came back. */
export function parseRaw(text: string): { status: number; head: string; body: string } {
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, end);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  return { status: Number(head.split(' ')[1]), head, body: Buffer.from(text.slice(end + 4), 'utf8').subarray(0, length).toString('utf8') };
}
