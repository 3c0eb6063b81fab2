/** Where a node can be asked for. */
const nodeScopes = ['/api/v1', '/api/v1/cluster/:clusterNodeId', '/api/v1/transport-nodes/:transportNodeId']

/**
 * NSX calls that are known and not built yet: they answer 501. The README's table lists them by group.
 * `*` stands for the rest of the path.
 */
export const notBuiltCalls: readonly [methods: string[], url: string][] = [
  [['GET', 'POST', 'DELETE'], '/api/v1/aaa/registration-token'],
  [['GET'], '/api/v1/aaa/vidm/*'],
  [['POST'], '/api/v1/aaa/vidm/search'],
  [['GET', 'POST'], '/api/v1/trust-management/*'],
  [['PATCH'], '/policy/api/v1/infra'],
  [['PUT', 'PATCH', 'DELETE'], '/policy/api/v1/infra/tier-0s/:id'],
  [['GET'], '/policy/api/v1/infra/tier-1s/:id/segments'],
  [['GET', 'PUT', 'PATCH', 'DELETE'], '/policy/api/v1/infra/tier-1s/:id/segments/*'],
]

/**
 * Actions that the vendor has on paths that are served, and that are not built yet: they answer 501, and are never
 * taken for the call without an action.
 */
export const notBuiltActions: readonly [method: string, url: string, actions: string[]][] = [
  ['POST', '/api/v1/node/services/http', ['apply_certificate']],
  ['POST', '/api/v1/cluster', ['backup_to_remote', 'join_cluster', 'summarize_inventory_to_remote']],
  ['POST', '/api/v1/cluster/:clusterNodeId', ['remove_node']],
  ['POST', '/api/v1/transport-nodes', ['clean_stale_entries']],
  [
    'POST',
    '/api/v1/transport-nodes/:transportNodeId',
    [
      'addOrUpdatePlacementReferences',
      'disable_flow_cache',
      'enable_flow_cache',
      'redeploy',
      'refresh_node_configuration',
      'restart_inventory_sync',
      'restore_cluster_config',
      'resync_host_config',
    ],
  ],
  [
    'POST',
    '/api/v1/trust-management/certificates',
    [
      'fetch_peer_certificate_chain',
      'set_appliance_proxy_certificate_for_inter_site_communication',
      'set_pi_certificate_for_federation',
    ],
  ],
  ['POST', '/api/v1/trust-management/certificates/:certificateId', ['apply_certificate', 'import_trusted_ca']],
  ['GET', '/api/v1/trust-management/certificates/:certificateId', ['validate']],
  ['POST', '/policy/api/v1/infra/segments/:id', ['delete_dhcp_leases']],
  ['POST', '/policy/api/v1/infra/tier-0s', ['site_failover']],
  ['POST', '/policy/api/v1/infra/tier-0s/:id', ['reprocess']],
  ['POST', '/policy/api/v1/infra/tier-1s/:id', ['reprocess']],
  ...nodeScopes.flatMap((scope): [string, string, string[]][] => [
    ['POST', `${scope}/node`, ['restart', 'set_coredump_config', 'set_system_time', 'shutdown']],
    ['POST', `${scope}/node/services/ssh`, ['remove_host_fingerprint']],
    ['POST', `${scope}/node/services/syslog`, ['stop']],
    ['POST', `${scope}/node/services/syslog/exporters`, ['delete_all_non_vcf_ops_managed_exporters']],
  ]),
]
