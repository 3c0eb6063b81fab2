/** What work with tags needs. @see vSphere Security, "vSphere Tagging Privileges" */
export const tagging = {
  createCategory: 'InventoryService.Tagging.CreateCategory',
  editCategory: 'InventoryService.Tagging.EditCategory',
  deleteCategory: 'InventoryService.Tagging.DeleteCategory',
  modifyUsersOfCategory: 'InventoryService.Tagging.ModifyUsedByForCategory',
  createTag: 'InventoryService.Tagging.CreateTag',
  editTag: 'InventoryService.Tagging.EditTag',
  deleteTag: 'InventoryService.Tagging.DeleteTag',
  modifyUsersOfTag: 'InventoryService.Tagging.ModifyUsedByForTag',
  /** On the tag. */
  attachTag: 'InventoryService.Tagging.AttachTag',
  /** On the object that gets or loses the tag. */
  objectAttachable: 'InventoryService.Tagging.ObjectAttachable',
  read: 'System.Read',
} as const
