/**
 * NSX calls that are known and not built yet: they answer 501. The README's table lists them by group.
 * `*` stands for the rest of the path.
 */
export const notBuiltCalls: readonly [methods: string[], url: string][] = [
  [['GET', 'POST', 'DELETE'], '/api/v1/aaa/registration-token'],
  [['GET'], '/api/v1/aaa/vidm/*'],
  [['POST'], '/api/v1/aaa/vidm/search'],
  [['GET', 'POST'], '/api/v1/trust-management/*'],
  [['GET', 'POST'], '/policy/api/v1/trust-management/*'],
  [['POST'], '/api/v1/trust-management/certificates/:certificateId'],
  [['POST'], '/policy/api/v1/trust-management/certificates/:certificateId'],
  [['PATCH'], '/policy/api/v1/infra'],
  [['POST'], '/policy/api/v1/infra/tier-1s/:id'],
  [['GET'], '/policy/api/v1/infra/tier-1s/:id/segments'],
  [['GET', 'PUT', 'PATCH', 'DELETE'], '/policy/api/v1/infra/tier-1s/:id/segments/*'],
]
