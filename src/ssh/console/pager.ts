import type { Terminal } from './reader.ts'

/** Guess: nsxcli's own prompt was not seen. */
const prompt = '--More--'

export type Pager = ReturnType<typeof createPager>

/** Shows text a page at a time. @param ask Waits for a key: space for a page, Enter for a line, q to see no more. */
export function createPager(terminal: Terminal, ask: (prompt: string) => Promise<'page' | 'line' | 'quit'>) {
  let left = rowsOf()
  let quit = false

  function rowsOf(): number {
    return Math.max(1, (terminal.size?.rows ?? 24) - 1)
  }

  return {
    async show(text: string): Promise<void> {
      const columns = Math.max(1, terminal.size?.columns ?? 80)
      let page = ''
      for (const line of text.split(/(?<=\n)/)) {
        if (quit) return
        const rows = Math.max(1, Math.ceil((line.length - 1) / columns))
        if (left < rows && left < rowsOf()) {
          await terminal.write(page)
          page = ''
          const chosen = await ask(prompt)
          if (chosen === 'quit') quit = true
          left = chosen === 'line' ? rows : rowsOf()
          if (quit) return
        }
        page += line
        left -= rows
      }
      if (page !== '') await terminal.write(page)
    },
  }
}
