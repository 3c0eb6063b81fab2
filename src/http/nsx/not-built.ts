/**
 * NSX calls that are known and not built yet: they answer 501. The README's table lists them by group.
 * `*` stands for the rest of the path.
 */
export const notBuiltCalls: readonly [methods: string[], url: string][] = [
  [['PUT', 'DELETE'], '/api/v1/aaa/roles/:role'],
  [['PUT', 'DELETE'], '/policy/api/v1/aaa/roles/:role'],
  [['POST'], '/api/v1/aaa/roles'],
  [['POST'], '/policy/api/v1/aaa/roles'],
  [['POST'], '/api/v1/aaa/roles/:role'],
  [['POST'], '/policy/api/v1/aaa/roles/:role'],
  [['GET'], '/api/v1/aaa/roles-with-feature-permissions'],
  [['GET'], '/policy/api/v1/aaa/roles-with-feature-permissions'],
  [['GET'], '/api/v1/aaa/features-with-properties'],
  [['GET'], '/policy/api/v1/aaa/features-with-properties'],
  [['POST'], '/api/v1/aaa/role-bindings'],
  [['POST'], '/policy/api/v1/aaa/role-bindings'],
  [['DELETE'], '/api/v1/aaa/role-bindings/:bindingId'],
  [['DELETE'], '/policy/api/v1/aaa/role-bindings/:bindingId'],
  [['GET', 'POST', 'DELETE'], '/api/v1/aaa/registration-token'],
  [['GET'], '/api/v1/aaa/vidm/*'],
  [['POST'], '/api/v1/aaa/vidm/search'],
  [['GET', 'POST'], '/policy/api/v1/aaa/ldap-identity-sources'],
  [['GET', 'PUT', 'POST', 'DELETE'], '/policy/api/v1/aaa/ldap-identity-sources/*'],
  [['GET', 'POST'], '/api/v1/trust-management/*'],
  [['GET', 'POST'], '/policy/api/v1/trust-management/*'],
  [['POST'], '/api/v1/trust-management/certificates/:certificateId'],
  [['POST'], '/policy/api/v1/trust-management/certificates/:certificateId'],
  [['GET', 'PUT'], '/api/v1/node/aaa/providers/vidm'],
  [['PATCH'], '/policy/api/v1/infra'],
  [['POST'], '/policy/api/v1/infra/tier-1s/:id'],
  [['GET'], '/policy/api/v1/infra/tier-1s/:id/segments'],
  [['GET', 'PUT', 'PATCH', 'DELETE'], '/policy/api/v1/infra/tier-1s/:id/segments/*'],
]
