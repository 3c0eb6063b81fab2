import type { HttpClient } from '@angular/common/http'
import { firstValueFrom } from 'rxjs'

interface ListPage<T> {
  results: T[]
  cursor?: string
}

/** All that a list of NSX Manager's has, page by page. */
export async function everyPage<T>(http: HttpClient, url: string, params: Record<string, string> = {}): Promise<T[]> {
  const all: T[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await firstValueFrom(
      http.get<ListPage<T>>(url, { params: { ...params, ...(cursor ? { cursor } : {}) } }),
    )
    all.push(...page.results)
    cursor = page.cursor
    if (!cursor) return all
  }
}
