const usage = `usage: secret-store run OWNER/NAME -- command [args…]   start a command with an algorithm's secrets
       secret-store agent …                            a worker's agent; see "secret-store agent --help"
       secret-store --version`;

/** Each command is loaded when it is asked for: `run` stands in front of every start of an algorithm. */
async function main([command, ...args]: string[]): Promise<number> {
  switch (command) {
    case 'run':
      return (await import('./run')).run(args);
    case 'agent':
      return (await import('./agent-command')).agentCommand(args);
    case '--version':
      process.stdout.write(`${(await import('./version')).version}\n`);
      return 0;
    case '--help':
    case '-h':
      process.stdout.write(`${usage}\n`);
      return 0;
    case undefined:
    default:
      process.stderr.write(`${usage}\n`);
      return 125;
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`secret-store: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(125);
  },
);
