import { nsxcliPage } from './nsx/page.ts'

/** The pages under `docs/consoles/`, each made from a console's table of commands. */
export const consolePages: Record<string, () => string> = {
  'nsxcli.md': nsxcliPage,
}
