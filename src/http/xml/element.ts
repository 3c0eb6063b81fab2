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
}

export interface XmlAttribute {
  readonly name: string
  readonly namespace: string
  readonly value: string
}

/** The value of an attribute; undefined where there is none. @param namespace Empty: the attribute has no prefix. */
export function attribute(element: XmlElement, name: string, namespace = ''): string | undefined {
  return element.attributes.find((one) => one.name === name && one.namespace === namespace)?.value
}
