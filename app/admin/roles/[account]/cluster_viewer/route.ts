import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { setClusterViewer } from '@/lib/users/service';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/admin/roles/[account]/cluster_viewer', {
  POST: operation({
    summary: 'Grant the read-only admin role',
    access: 'role.change',
    status: 204,
    handle: ({ caller, params }) => setClusterViewer(caller, params.account ?? '', true),
  }),
  DELETE: operation({
    summary: 'Take the read-only admin role back',
    access: 'role.change',
    status: 204,
    handle: ({ caller, params }) => setClusterViewer(caller, params.account ?? '', false),
  }),
});
