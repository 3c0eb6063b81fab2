/** Where our vCenter is not what the vendor's table says, and why; `about` is matched against the sentence of it. */
export const reasons: readonly { about: RegExp; why: string }[] = [
  {
    about: / asks for System\.Read, the vendor's for none$/,
    why: 'The text of the operation prints no privilege; an object is read, or listed, by whoever may read it.',
  },
  {
    about: /^com\.vmware\.vcenter\.datacenter (create|delete): asks for/,
    why: 'The text prints none; vim25 asks for it of the same change.',
  },
  {
    about: /^com\.vmware\.vcenter\.authorization\.permissions \w+: asks for Authorization\.ModifyPermissions/,
    why: 'The text of the service prints it, not that of each operation (vcenter-api.md 2.2).',
  },
  {
    about: /^com\.vmware\.cis\.tagging\.\w+ \w+: asks for InventoryService\.Tagging\./,
    why: 'The text of the operation prints it in a sentence, which the table has not.',
  },
  {
    about: /^com\.vmware\.vcenter\.vm\.power \w+: call is/,
    why: 'The reference pages print ?action=; the path that the bindings have is served below /rest.',
  },
  {
    about: /^com\.vmware\.vapi\.metadata\.privilege\.\S+ \w+: the vendor has none$/,
    why: 'They belong to the bindings of vAPI itself, which the table does not hold.',
  },
  {
    about: /^com\.vmware\.cis\.authz\.permission \w+: the vendor has none$/,
    why: 'Global permissions have no published bindings; clients in the field call them.',
  },
]
