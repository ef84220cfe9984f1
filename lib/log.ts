import pino from 'pino';
import { logLevel } from '@/lib/env';

/**
 * The log of a server process, JSON lines on standard error. Never hand it a request body, a header, a value, a
 * configuration value or a key: it gets what happened and the ids of things.
 */
export const log = pino({ level: logLevel, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: false }));
