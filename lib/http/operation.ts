import type { z } from 'zod';
import type { Caller, RequestInfo } from '@/lib/auth/caller';
import type { Permission } from '@/lib/auth/permissions';
import type { ErrorName } from '@/lib/errors';
import type { HttpRequest } from '@/lib/http/http-request';
import type { Lines } from '@/lib/http/lines';
import type { Upload, UploadRule } from '@/lib/http/upload';

export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type Method = (typeof methods)[number];

/** An answer other than the operation's usual one, such as 200 in place of 201. */
export class Reply<T> {
  constructor(readonly status: number, readonly body?: T, readonly headers: Record<string, string> = {}) {}
}

export interface Input<Body, Query> {
  params: Record<string, string>;
  query: Query;
  body: Body;
  /** Receives the file of an operation that takes one; the service says when, so that who may not upload is told at once. */
  receive: () => Promise<Upload>;
  request: HttpRequest;
  info: RequestInfo;
}

interface Described<Body, Query, Answer> {
  summary: string;
  /** Where the address differs from the folders' names: what the contract calls its parameters. */
  path?: string;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** Takes a file, as multipart/form-data, in place of a body of JSON. */
  upload?: UploadRule;
  /** Which error a body is that does not fit its schema; InputValidationError unless said. */
  malformed?: (issues: readonly z.core.$ZodIssue[], body: unknown) => ErrorName;
  status: 200 | 201 | 204;
  answer?: z.ZodType<Answer>;
  /** The answer is sent line by line; `answer` is the schema of one. */
  inLines?: true;
}

/** Needs no credentials. */
export interface OpenOperation<Body, Query, Answer> extends Described<Body, Query, Answer> {
  access: 'anyone';
  handle(input: Input<Body, Query>): Promise<Answer | Reply<Answer> | Lines<Answer>>;
}

/** Needs a caller; `permission` says which rule the service will hold them to (it is what the tests walk). */
export interface CallerOperation<Body, Query, Answer> extends Described<Body, Query, Answer> {
  access: Permission;
  /**
   * Holds the caller to `access` where that depends on what the path names. The service does so too; this is for a request that
   * cannot be read: who may not make it is told that, and nothing about what they sent.
   */
  demand?(caller: Caller, params: Record<string, string>): Promise<unknown>;
  handle(input: Input<Body, Query> & { caller: Caller }): Promise<Answer | Reply<Answer> | Lines<Answer>>;
}

export type Operation<Body, Query, Answer> = OpenOperation<Body, Query, Answer> | CallerOperation<Body, Query, Answer>;

/** An operation whose body and answer types are of no interest to whoever holds it. */
export interface AnyOperation extends Omit<Described<unknown, unknown, unknown>, never> {
  access: 'anyone' | Permission;
  demand?: CallerOperation<unknown, unknown, unknown>['demand'];
  run(input: Input<unknown, unknown>, caller: Caller | undefined): Promise<unknown>;
}

/** A row of a route file: who may call, the schemas, one service call. */
export function operation<Body = undefined, Query = undefined, Answer = undefined>(row: Operation<Body, Query, Answer>): AnyOperation {
  return {
    ...(row as Described<unknown, unknown, unknown>),
    access: row.access,
    ...(row.access !== 'anyone' && row.demand && { demand: row.demand }),
    run: (input, caller) => {
      const typed = input as Input<Body, Query>;
      if (row.access === 'anyone') return row.handle(typed);
      if (!caller) throw new Error('an operation with a permission ran without a caller');
      return row.handle({ ...typed, caller });
    },
  };
}
