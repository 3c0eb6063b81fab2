/**
 * What Sallyport itself is there for: these calls never leave it, whatever prefix an upstream has. `*` stands for one
 * segment; everything below a path belongs to it.
 */
export const ownPaths = [
  '/api/v1/aaa',
  '/policy/api/v1/aaa',
  '/api/v1/node',
  '/api/v1/cluster/*/node',
  '/api/v1/transport-nodes/*/node',
  '/api/v1/trust-management',
  '/api/v1/cluster/api-service',
  '/policy/api/v1/cluster/api-service',
  '/api/v1/administration',
  '/api/v1/reverse-proxy',
  '/api/v1/spec',
] as const

const own = new RegExp(`^(?:${ownPaths.map((path) => `(${path.replaceAll('*', '[^/]+')})`).join('|')})(?:/|$)`)

/** The path of ours that a path is at or below. */
export function ownPathOf(path: string): string | undefined {
  const found = own.exec(path)
  return found ? ownPaths[found.findIndex((group, at) => at > 0 && group !== undefined) - 1] : undefined
}

/** Whether a path is at or below a prefix. */
export function isUnder(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}
