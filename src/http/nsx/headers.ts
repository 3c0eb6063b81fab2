/** What every answer of an NSX Manager carries. @see nsx-api.md 0.2 */
export const nsxHeaders = {
  server: 'envoy',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-xss-protection': '1;mode=block',
  'content-security-policy': "frame-src 'self'; frame-ancestors 'self'",
  'cache-control': 'no-store',
}
