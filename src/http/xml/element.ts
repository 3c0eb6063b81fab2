/** An element as it was read: its namespace is resolved, its character data joined. */
export interface XmlElement {
  /** Without a prefix. */
  readonly name: string
  /** The namespace's URI; empty: in none. */
  readonly namespace: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly XmlElement[]
  /** All character data directly in it, as it stands. */
  readonly text: string
  /** As it was written, for those who check signatures: they are made over names with their prefixes. */
  readonly prefix: string
  /** The namespaces that prefixes stand for in it; the empty one is that of names without a prefix. */
  readonly scope: Readonly<Record<string, string>>
  /** Its children and its character data, in the order they came. */
  readonly content: readonly (XmlElement | string)[]
}

export interface XmlAttribute {
  readonly prefix: string
  readonly name: string
  readonly namespace: string
  readonly value: string
}

/** The value of an attribute; undefined where there is none. @param namespace Empty: the attribute has no prefix. */
export function attribute(element: XmlElement, name: string, namespace = ''): string | undefined {
  return element.attributes.find((one) => one.name === name && one.namespace === namespace)?.value
}
