import type { Refused } from '../../../access/vcenter/tagging/associations.ts'
import { tagging } from '../../../access/vcenter/tagging/tagging-privileges.ts'
import { answering } from '../answering.ts'
import { vapiErrorOf } from '../errors.ts'
import { operation } from '../vapi/operation.ts'
import { type Static, t } from '../vapi/types.ts'

const service = 'com.vmware.cis.tagging.tag_association'
const path = '/cis/tagging/tag-association'
const legacyPath = '/com/vmware/cis/tagging/tag-association'
const ofOne = { path: `${path}/{tag_id}`, legacyPath: `${legacyPath}/id:{tag_id}` }

const Message = t.structure('com.vmware.vapi.std.localizable_message', {
  id: t.string,
  default_message: t.string,
  args: t.list(t.string),
})

const BatchResult = t.structure(`${service}.batch_result`, { success: t.boolean, error_messages: t.list(Message) })
const TagToObjects = t.structure(`${service}.tag_to_objects`, { tag_id: t.id, object_ids: t.list(t.dynamicId) })
const ObjectToTags = t.structure(`${service}.object_to_tags`, { object_id: t.dynamicId, tag_ids: t.list(t.id) })

const resultOf = (refused: Refused): Static<typeof BatchResult> => ({
  success: refused.length === 0,
  error_messages: refused.map((error) => vapiErrorOf(error).message),
})

/** What attaching and detaching need on the object, which the caller has to be able to read. */
const onObject = `${tagging.objectAttachable} and ${tagging.read}`

function change(id: 'attach' | 'detach', summary: string) {
  return operation({
    service,
    id,
    summary,
    input: { tag_id: t.id, object_id: t.dynamicId },
    output: t.void,
    requires: { privilege: tagging.attachTag, on: `the tag; and ${onObject} on the object` },
    errors: ['invalid_argument', 'not_found', 'unable_to_allocate_resource'],
    rest: { method: 'POST', path: ofOne.path, action: id, body: ['object_id'] },
    legacy: { method: 'POST', path: ofOne.legacyPath, action: id },
    run: ({ tagAssociations }, call, { tag_id, object_id }) => tagAssociations[id](call, tag_id, object_id),
  })
}

function changeTags(
  id: 'attach_multiple_tags_to_object' | 'detach_multiple_tags_from_object',
  kind: 'attachTags' | 'detachTags',
  summary: string,
) {
  const action = id.replaceAll('_', '-')
  return operation({
    service,
    id,
    summary,
    input: { object_id: t.dynamicId, tag_ids: t.list(t.id) },
    output: BatchResult,
    requires: {
      privilege: tagging.objectAttachable,
      on: `the object, and so ${tagging.read}; and ${tagging.attachTag} on each tag`,
    },
    errors: ['invalid_argument'],
    rest: { method: 'POST', path, action, body: ['object_id', 'tag_ids'] },
    legacy: { method: 'POST', path: legacyPath, action },
    run: async ({ tagAssociations }, call, { object_id, tag_ids }) =>
      resultOf(await tagAssociations[kind](answering(call, resultOf), object_id, tag_ids)),
  })
}

function changeObjects(
  id: 'attach_tag_to_multiple_objects' | 'detach_tag_from_multiple_objects',
  kind: 'attachToObjects' | 'detachFromObjects',
  summary: string,
) {
  const action = id.replaceAll('_', '-')
  return operation({
    service,
    id,
    summary,
    input: { tag_id: t.id, object_ids: t.list(t.dynamicId) },
    output: BatchResult,
    requires: { privilege: tagging.attachTag, on: `the tag; and ${onObject} on each object` },
    errors: ['invalid_argument', 'not_found'],
    rest: { method: 'POST', path: ofOne.path, action, body: ['object_ids'] },
    legacy: { method: 'POST', path: ofOne.legacyPath, action },
    run: async ({ tagAssociations }, call, { tag_id, object_ids }) =>
      resultOf(await tagAssociations[kind](answering(call, resultOf), tag_id, object_ids)),
  })
}

/** @see the vCenter API, com.vmware.cis.tagging.tag_association */
export const taggingAssociationOperations = [
  change('attach', 'Attach a tag to an object, unless it has it'),
  change('detach', 'Detach a tag from an object, where it has it'),
  changeTags('attach_multiple_tags_to_object', 'attachTags', 'Attach as many of several tags to an object as can be'),
  changeTags(
    'detach_multiple_tags_from_object',
    'detachTags',
    'Detach as many of several tags from an object as can be',
  ),
  changeObjects(
    'attach_tag_to_multiple_objects',
    'attachToObjects',
    'Attach a tag to as many of several objects as can be',
  ),
  changeObjects(
    'detach_tag_from_multiple_objects',
    'detachFromObjects',
    'Detach a tag from as many of several objects as can be',
  ),
  operation({
    service,
    id: 'list_attached_objects',
    summary: 'List the objects that have a tag and that the caller may read',
    input: { tag_id: t.id },
    output: t.list(t.dynamicId),
    requires: { privilege: tagging.read, on: 'the tag, and each object that is listed' },
    errors: ['not_found'],
    reads: true,
    rest: { method: 'POST', path: ofOne.path, action: 'list-attached-objects' },
    legacy: { method: 'POST', path: ofOne.legacyPath, action: 'list-attached-objects' },
    run: ({ tagAssociations }, call, { tag_id }) => tagAssociations.objects(call, tag_id),
  }),
  operation({
    service,
    id: 'list_attached_objects_on_tags',
    summary: 'List the objects that have each of several tags; tags that the caller may not read are left out',
    input: { tag_ids: t.list(t.id) },
    output: t.list(TagToObjects),
    requires: { privilege: tagging.read, on: 'each tag and each object that is listed' },
    reads: true,
    rest: { method: 'POST', path, action: 'list-attached-objects-on-tags', body: ['tag_ids'] },
    legacy: { method: 'POST', path: legacyPath, action: 'list-attached-objects-on-tags' },
    run: ({ tagAssociations }, call, { tag_ids }) =>
      tagAssociations
        .objectsOfTags(call, tag_ids)
        .map(({ tagId, objects }) => ({ tag_id: tagId, object_ids: objects })),
  }),
  operation({
    service,
    id: 'list_attached_tags',
    summary: 'List the tags that an object has and that the caller may read',
    input: { object_id: t.dynamicId },
    output: t.list(t.id),
    requires: { privilege: tagging.read, on: 'the object, and each tag that is listed' },
    errors: ['invalid_argument'],
    reads: true,
    rest: { method: 'POST', path, action: 'list-attached-tags', body: ['object_id'] },
    legacy: { method: 'POST', path: legacyPath, action: 'list-attached-tags' },
    run: ({ tagAssociations }, call, { object_id }) => tagAssociations.tags(call, object_id),
  }),
  operation({
    service,
    id: 'list_attached_tags_on_objects',
    summary: 'List the tags that each of several objects has; objects that the caller may not read are left out',
    input: { object_ids: t.list(t.dynamicId) },
    output: t.list(ObjectToTags),
    requires: { privilege: tagging.read, on: 'each object and each tag that is listed' },
    reads: true,
    rest: { method: 'POST', path, action: 'list-attached-tags-on-objects', body: ['object_ids'] },
    legacy: { method: 'POST', path: legacyPath, action: 'list-attached-tags-on-objects' },
    run: ({ tagAssociations }, call, { object_ids }) =>
      tagAssociations
        .tagsOfObjects(call, object_ids)
        .map(({ object, tagIds }) => ({ object_id: object, tag_ids: tagIds })),
  }),
  operation({
    service,
    id: 'list_attachable_tags',
    summary: 'List the tags that could be attached to an object and that the caller may read',
    input: { object_id: t.dynamicId },
    output: t.list(t.id),
    requires: { privilege: tagging.read, on: 'the object, and each tag that is listed' },
    errors: ['invalid_argument'],
    reads: true,
    rest: { method: 'POST', path, action: 'list-attachable-tags', body: ['object_id'] },
    legacy: { method: 'POST', path: legacyPath, action: 'list-attachable-tags' },
    run: ({ tagAssociations }, call, { object_id }) => tagAssociations.attachable(call, object_id),
  }),
]
