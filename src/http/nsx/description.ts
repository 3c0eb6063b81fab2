import { Type } from 'typebox'
import type { Description } from '../../access/description.ts'
import { managedFields, readOnly, readOnlyManaged } from './wire.ts'

const optional = Type.Optional

const tags = Type.Array(
  Type.Object({
    scope: optional(Type.String({ maxLength: 128 })),
    tag: optional(Type.String({ maxLength: 256 })),
  }),
  { maxItems: 30 },
)

/** Fields of a managed resource that a client may set. @see nsx-api.md 0.4 */
export const descriptionFields = {
  display_name: optional(Type.String({ maxLength: 255 })),
  description: optional(Type.String({ maxLength: 1024 })),
  tags: optional(tags),
}

/** Fields of a managed resource that a client may send back as it read them. */
export const ignoredFields = {
  id: readOnly,
  resource_type: readOnly,
  _revision: readOnly,
  ...readOnlyManaged,
}

export const answeredFields = {
  resource_type: optional(Type.String()),
  id: optional(Type.String()),
  display_name: optional(Type.String()),
  description: optional(Type.String()),
  tags: optional(tags),
  ...Object.fromEntries(Object.entries(managedFields).map(([name, schema]) => [name, optional(schema)])),
}

/** What a body says of its resource beside what it is. */
export function descriptionOf({ display_name, description, tags }: Description): Description {
  return {
    ...(display_name === undefined ? {} : { display_name }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
  }
}
