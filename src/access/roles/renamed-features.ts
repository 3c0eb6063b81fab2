/**
 * Ids that earlier versions of Sallyport had guessed, and the vendor's ids of what they stood for. A set of permissions
 * that names one has the same permission on each of those. Two have no successor: NSX has no feature of network
 * interfaces and static routes alone, and those of gateways would give more.
 */
export const renamedFeatures: Readonly<Record<string, readonly string[]>> = {
  policy_tier0: ['policy_t0'],
  policy_tier1: ['policy_t1'],
  policy_interfaces: [],
  policy_static_routes: [],
  policy_segment_profiles: ['policy_profiles'],
  policy_nat: ['policy_nat_rules'],
  policy_load_balancer: ['policy_lb'],
  policy_ip_pools: ['policy_ipam'],
  policy_context_profiles: ['policy_context_profile'],
  policy_gateway_firewall: ['policy_edge_fw'],
  policy_ids: ['policy_common_ids', 'policy_gfw_ids_mps'],
  inventory_virtual_machines: ['policy_vm_vm_tags'],
  system_user_role_assignments: ['users_role_assignments'],
  system_roles: ['users_custom_role'],
  system_authentication_providers: ['users_configuration'],
  system_certificates: ['trust_certificates'],
  system_audit_logs: ['system_log'],
  fabric_nodes: ['nodes_transport_nodes'],
  fabric_transport_zones: ['policy_ep_transport_zone', 'transport_zones_transport_zones'],
}
