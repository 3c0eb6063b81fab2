import { none } from './inventory/extensible.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedType, method } from './managed-type.ts'
import { string } from './types/basic.ts'
import { dataObject } from './types/vim-type.ts'

/** No extensions are registered here. */
export const extensionManager: ManagedType = {
  name: 'ExtensionManager',
  base: managedObject,
  properties: { extensionList: none('Extension', 'System.View') },
  methods: {
    FindExtension: method({
      requires: { privilege: 'System.View' },
      parameters: { extensionKey: string },
      result: dataObject('Extension', {}),
      run: () => undefined,
    }),
  },
}
