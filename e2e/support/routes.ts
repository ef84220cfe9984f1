import { routes } from '@/lib/generated/routes';
import { methods, type AnyOperation } from '@/lib/http/operation';
import type { RouteHandler } from '@/lib/http/endpoint';

export interface ServedRoute {
  method: string;
  /** As the contract writes it: `/v1/algorithms/{algorithmId}/secrets`. */
  template: string;
  operation: AnyOperation;
}

/** Every operation that the generated table of routes serves. */
export function servedRoutes(): ServedRoute[] {
  return routes.flatMap(({ path, module }) =>
    methods.flatMap((method) => {
      const { operation } = (module[method] ?? {}) as Partial<RouteHandler>;
      return operation ? [{ method, template: operation.path ?? path.replace(/\[(\w+)\]/g, '{$1}'), operation }] : [];
    }),
  );
}
