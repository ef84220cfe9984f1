import { Agent, type AgentOptions } from './agent';
import { privateFolder } from './files';
import { listenLocally } from './local-socket';

const endMs = 1_500;

/** Runs the agent of a folder until a signal or the end of the supervisor. Throws FolderError. */
export async function serveAgent(options: AgentOptions): Promise<number> {
  privateFolder(options.folder);
  // The socket first: it is what keeps a second agent from the same files.
  let agent: Agent | undefined;
  const close = await listenLocally(options.folder, async (question) => {
    if (!agent) throw new Error('the agent is starting');
    return agent.answer(question);
  });
  try {
    agent = new Agent(options);
  } catch (error) {
    await close();
    throw error;
  }
  const running = agent;
  const end = (): void => {
    running.end();
    // A request under way may take longer than whoever ends this wants to wait.
    setTimeout(() => process.exit(0), endMs).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.on('disconnect', end);
  await running.run();
  await close();
  return 0;
}
