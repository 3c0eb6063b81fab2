import type { Tag } from '../../../access/vcenter/tagging/tag.ts'
import { tagging } from '../../../access/vcenter/tagging/tagging-privileges.ts'
import { operation } from '../vapi/operation.ts'
import { type Static, t } from '../vapi/types.ts'

const service = 'com.vmware.cis.tagging.tag'
const path = '/cis/tagging/tag'
const legacyPath = '/com/vmware/cis/tagging/tag'
const ofOne = { path: `${path}/{tag_id}`, legacyPath: `${legacyPath}/id:{tag_id}` }

const Model = t.structure('com.vmware.cis.tagging.tag_model', {
  id: t.id,
  category_id: t.id,
  name: t.string,
  description: t.string,
  used_by: t.set(t.string),
})

const CreateSpec = t.structure(`${service}.create_spec`, {
  name: t.string,
  description: t.string,
  category_id: t.id,
  tag_id: t.optional(t.id),
})

const UpdateSpec = t.structure(`${service}.update_spec`, {
  name: t.optional(t.string),
  description: t.optional(t.string),
})

const modelOf = ({ id, categoryId, name, description, usedBy }: Tag): Static<typeof Model> => ({
  id,
  category_id: categoryId,
  name,
  description,
  used_by: usedBy,
})

function changeUsers(id: 'add_to_used_by' | 'remove_from_used_by', summary: string) {
  const action = id.replaceAll('_', '-')
  return operation({
    service,
    id,
    summary,
    input: { tag_id: t.id, used_by_entity: t.string },
    output: t.void,
    requires: { privilege: tagging.modifyUsersOfTag, on: 'the tag' },
    errors: ['invalid_argument', 'not_found', 'unable_to_allocate_resource'],
    rest: { method: 'POST', path: ofOne.path, action, body: ['used_by_entity'] },
    legacy: { method: 'POST', path: ofOne.legacyPath, action },
    run: ({ tags }, call, { tag_id, used_by_entity }) =>
      id === 'add_to_used_by'
        ? tags.addUser(call, tag_id, used_by_entity)
        : tags.removeUser(call, tag_id, used_by_entity),
  })
}

/** @see the vCenter API, com.vmware.cis.tagging.tag */
export const taggingTagOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List the tags that the caller may read',
    input: {},
    output: t.list(t.id),
    requires: { privilege: tagging.read, on: 'each tag that is listed' },
    reads: true,
    rest: { method: 'GET', path },
    legacy: { method: 'GET', path: legacyPath },
    run: ({ tags }, call) => tags.list(call),
  }),
  operation({
    service,
    id: 'list_used_tags',
    summary: 'List the tags that somebody says they use',
    input: { used_by_entity: t.string },
    output: t.list(t.id),
    requires: { privilege: tagging.read, on: 'each tag that is listed' },
    reads: true,
    rest: { method: 'POST', path, action: 'list-used-tags', body: ['used_by_entity'] },
    legacy: { method: 'POST', path: legacyPath, action: 'list-used-tags' },
    run: ({ tags }, call, { used_by_entity }) => tags.list(call, used_by_entity),
  }),
  operation({
    service,
    id: 'list_tags_for_category',
    summary: 'List the tags of a category that the caller may read',
    input: { category_id: t.id },
    output: t.list(t.id),
    requires: { privilege: tagging.read, on: 'the category, and each tag that is listed' },
    errors: ['not_found'],
    reads: true,
    rest: { method: 'POST', path, action: 'list-tags-for-category', body: ['category_id'] },
    legacy: {
      method: 'POST',
      path: `${legacyPath}/id:{category_id}`,
      action: 'list-tags-for-category',
      repeated: ['category_id'],
    },
    run: ({ tags }, call, { category_id }) => tags.listIn(call, category_id),
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a tag',
    input: { tag_id: t.id },
    output: Model,
    requires: { privilege: tagging.read, on: 'the tag' },
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: ofOne.path },
    legacy: { method: 'GET', path: ofOne.legacyPath },
    run: ({ tags }, call, { tag_id }) => modelOf(tags.find(call, tag_id)),
  }),
  operation({
    service,
    id: 'create',
    summary: 'Create a tag in a category',
    input: { create_spec: CreateSpec },
    output: t.id,
    requires: { privilege: tagging.createTag, on: 'the category' },
    errors: ['already_exists', 'invalid_argument', 'not_found', 'unable_to_allocate_resource'],
    rest: { method: 'POST', path, body: 'create_spec', status: 201 },
    legacy: { method: 'POST', path: legacyPath },
    run: ({ tags }, call, { create_spec: { category_id, tag_id, ...spec } }) =>
      tags.create(call, { ...spec, categoryId: category_id, id: tag_id }),
  }),
  operation({
    service,
    id: 'update',
    summary: 'Change what is given of a tag',
    input: { tag_id: t.id, update_spec: UpdateSpec },
    output: t.void,
    requires: { privilege: tagging.editTag, on: 'the tag' },
    errors: ['already_exists', 'invalid_argument', 'not_found'],
    rest: { method: 'PATCH', path: ofOne.path, body: 'update_spec' },
    legacy: { method: 'PATCH', path: ofOne.legacyPath },
    run: ({ tags }, call, { tag_id, update_spec }) => tags.update(call, tag_id, update_spec),
  }),
  operation({
    service,
    id: 'delete',
    summary: 'Delete a tag, which whatever had it loses',
    input: { tag_id: t.id },
    output: t.void,
    requires: { privilege: tagging.deleteTag, on: 'the tag' },
    errors: ['not_found'],
    rest: { method: 'DELETE', path: ofOne.path },
    legacy: { method: 'DELETE', path: ofOne.legacyPath },
    run: ({ tags }, call, { tag_id }) => tags.remove(call, tag_id),
  }),
  changeUsers('add_to_used_by', 'Add to those who say that they use a tag'),
  changeUsers('remove_from_used_by', 'Remove from those who say that they use a tag'),
]
