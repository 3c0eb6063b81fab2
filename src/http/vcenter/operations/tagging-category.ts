import type { Category } from '../../../access/vcenter/tagging/tag.ts'
import { tagging } from '../../../access/vcenter/tagging/tagging-privileges.ts'
import { operation } from '../vapi/operation.ts'
import { type Static, t } from '../vapi/types.ts'

const service = 'com.vmware.cis.tagging.category'
const path = '/cis/tagging/category'
const legacyPath = '/com/vmware/cis/tagging/category'
const ofOne = { path: `${path}/{category_id}`, legacyPath: `${legacyPath}/id:{category_id}` }

const Cardinality = t.enumeration('com.vmware.cis.tagging.category_model.cardinality', 'SINGLE', 'MULTIPLE')

const Model = t.structure('com.vmware.cis.tagging.category_model', {
  id: t.id,
  name: t.string,
  description: t.string,
  cardinality: Cardinality,
  associable_types: t.set(t.string),
  used_by: t.set(t.string),
})

const CreateSpec = t.structure(`${service}.create_spec`, {
  name: t.string,
  description: t.string,
  cardinality: Cardinality,
  associable_types: t.set(t.string),
  category_id: t.optional(t.id),
})

const UpdateSpec = t.structure(`${service}.update_spec`, {
  name: t.optional(t.string),
  description: t.optional(t.string),
  cardinality: t.optional(Cardinality),
  associable_types: t.optional(t.set(t.string)),
})

const modelOf = ({ id, name, description, cardinality, associableTypes, usedBy }: Category): Static<typeof Model> => ({
  id,
  name,
  description,
  cardinality,
  associable_types: associableTypes,
  used_by: usedBy,
})

function changeUsers(id: 'add_to_used_by' | 'remove_from_used_by', summary: string) {
  const action = id.replaceAll('_', '-')
  return operation({
    service,
    id,
    summary,
    input: { category_id: t.id, used_by_entity: t.string },
    output: t.void,
    requires: { privilege: tagging.modifyUsersOfCategory, on: 'the category' },
    errors: ['invalid_argument', 'not_found', 'unable_to_allocate_resource'],
    rest: { method: 'POST', path: ofOne.path, action, body: ['used_by_entity'] },
    legacy: { method: 'POST', path: ofOne.legacyPath, action },
    run: ({ tagCategories }, call, { category_id, used_by_entity }) =>
      id === 'add_to_used_by'
        ? tagCategories.addUser(call, category_id, used_by_entity)
        : tagCategories.removeUser(call, category_id, used_by_entity),
  })
}

/** @see the vCenter API, com.vmware.cis.tagging.category */
export const taggingCategoryOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List the categories that the caller may read',
    input: {},
    output: t.list(t.id),
    requires: { privilege: tagging.read, on: 'each category that is listed' },
    reads: true,
    rest: { method: 'GET', path },
    legacy: { method: 'GET', path: legacyPath },
    run: ({ tagCategories }, call) => tagCategories.list(call),
  }),
  operation({
    service,
    id: 'list_used_categories',
    summary: 'List the categories that somebody says they use',
    input: { used_by_entity: t.string },
    output: t.list(t.id),
    requires: { privilege: tagging.read, on: 'each category that is listed' },
    reads: true,
    rest: { method: 'POST', path, action: 'list-used-categories', body: ['used_by_entity'] },
    legacy: { method: 'POST', path: legacyPath, action: 'list-used-categories' },
    run: ({ tagCategories }, call, { used_by_entity }) => tagCategories.list(call, used_by_entity),
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a category',
    input: { category_id: t.id },
    output: Model,
    requires: { privilege: tagging.read, on: 'the category' },
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: ofOne.path },
    legacy: { method: 'GET', path: ofOne.legacyPath },
    run: ({ tagCategories }, call, { category_id }) => modelOf(tagCategories.find(call, category_id)),
  }),
  operation({
    service,
    id: 'create',
    summary: 'Create a category of tags',
    input: { create_spec: CreateSpec },
    output: t.id,
    requires: { privilege: tagging.createCategory, on: 'the global root' },
    errors: ['already_exists', 'invalid_argument', 'unable_to_allocate_resource'],
    rest: { method: 'POST', path, body: 'create_spec', status: 201 },
    legacy: { method: 'POST', path: legacyPath },
    run: ({ tagCategories }, call, { create_spec: { associable_types, category_id, ...spec } }) =>
      tagCategories.create(call, { ...spec, associableTypes: associable_types, id: category_id }),
  }),
  operation({
    service,
    id: 'update',
    summary: 'Change what is given of a category; its types can only become more, and its cardinality only MULTIPLE',
    input: { category_id: t.id, update_spec: UpdateSpec },
    output: t.void,
    requires: { privilege: tagging.editCategory, on: 'the category' },
    errors: ['already_exists', 'invalid_argument', 'not_found'],
    rest: { method: 'PATCH', path: ofOne.path, body: 'update_spec' },
    legacy: { method: 'PATCH', path: ofOne.legacyPath },
    run: ({ tagCategories }, call, { category_id, update_spec: { associable_types, ...spec } }) =>
      tagCategories.update(call, category_id, {
        ...spec,
        ...(associable_types === undefined ? {} : { associableTypes: associable_types }),
      }),
  }),
  operation({
    service,
    id: 'delete',
    summary: 'Delete a category with its tags, which whatever had them loses',
    input: { category_id: t.id },
    output: t.void,
    requires: { privilege: tagging.deleteCategory, on: 'the category' },
    errors: ['not_found'],
    rest: { method: 'DELETE', path: ofOne.path },
    legacy: { method: 'DELETE', path: ofOne.legacyPath },
    run: ({ tagCategories }, call, { category_id }) => tagCategories.remove(call, category_id),
  }),
  changeUsers('add_to_used_by', 'Add to those who say that they use a category'),
  changeUsers('remove_from_used_by', 'Remove from those who say that they use a category'),
]
