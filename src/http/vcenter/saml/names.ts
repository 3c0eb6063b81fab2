/** Namespaces and names of SAML, WS-Security and WS-Trust, as vCenter's clients write them. */
export const saml = 'urn:oasis:names:tc:SAML:2.0:assertion'
export const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
export const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
export const wst = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'
export const wsp = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
export const bearerMethod = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
export const holderOfKeyMethod = 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key'
