export interface Address {
  ipAddress: string
  port: number
}

export type Addresses = ReturnType<typeof createAddresses>

/** Where the appliances of this process can be reached, as their listeners tell. */
export function createAddresses() {
  const https = new Map<string, Address>()
  const nowhere: Address = { ipAddress: '0.0.0.0', port: 0 }
  return {
    listening: (applianceId: string, address: Address): void => void https.set(applianceId, address),
    closed: (applianceId: string): void => void https.delete(applianceId),
    isListening: (applianceId: string): boolean => https.has(applianceId),
    https: (applianceId: string): Address => https.get(applianceId) ?? nowhere,
  }
}
