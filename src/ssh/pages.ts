import { nsxcliPage } from './nsx/page.ts'
import { nsxvPage } from './nsxv/page.ts'

/** The pages under `docs/consoles/`, each made from a console's table of commands. */
export const consolePages: Record<string, () => string> = {
  'nsxcli.md': nsxcliPage,
  'nsxv.md': nsxvPage,
}
