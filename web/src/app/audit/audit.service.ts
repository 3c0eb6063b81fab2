import { HttpClient, HttpEventType, HttpHeaders } from '@angular/common/http'
import { Injectable, inject } from '@angular/core'
import { filter, firstValueFrom, fromEvent, lastValueFrom, map, takeUntil, tap } from 'rxjs'
import type { Entry, Filter, FormatId, ListedEntry, Page } from './audit.ts'

const url = '/sallyport/v1/audit'
const pageSize = 50
/** Answers in a row that found too little before the person is asked whether to go on. */
const mostTries = 20
/** Seconds that the server waits for something new. */
const longestWait = 20

/** Calls that nobody makes with their own hands: the session does not live on by them. */
const inBackground = new HttpHeaders({ 'X-Sallyport-Background': '1' })

export interface Found {
  entries: ListedEntry[]
  total: number | undefined
  older: string | undefined
  newer: string
  /** Whether the log has not been searched to its end, and not enough was found to fill a page. */
  unfinished: boolean
}

/** The calls about the audit log. */
@Injectable({ providedIn: 'root' })
export class AuditService {
  readonly #http = inject(HttpClient)

  /** A page, of as many answers as it takes to fill it. */
  async page(filter: Filter, place: { before?: string; after?: string }, ended: AbortSignal): Promise<Found> {
    const first = await this.#get({ ...filter, ...place }, ended)
    const entries = [...first.results]
    let last = first
    for (let tries = 1; !place.after && last.more && entries.length < pageSize && tries < mostTries; tries++) {
      last = await this.#get({ ...filter, before: last.older, limit: pageSize - entries.length }, ended)
      entries.push(...last.results)
    }
    return {
      entries,
      total: first.total ?? (!place.before && !place.after && !last.more ? entries.length : undefined),
      older: last.older,
      newer: first.newer,
      unfinished: !place.after && last.more && entries.length < pageSize,
    }
  }

  /** Waits for entries that are newer. */
  next(filter: Filter, after: string, ended: AbortSignal): Promise<Page> {
    return this.#get({ ...filter, after, wait: longestWait }, ended, inBackground)
  }

  entry(id: string): Promise<Entry> {
    return firstValueFrom(this.#http.get<Entry>(`${url}/${encodeURIComponent(id)}`))
  }

  /** @param loaded Told how many bytes there are so far. */
  async export(filterBy: Filter, format: FormatId, loaded: (bytes: number) => void, ended: AbortSignal) {
    const response = await lastValueFrom(
      this.#http
        .get(`${url}/export`, {
          params: { format, ...filterBy },
          responseType: 'blob',
          observe: 'events',
          reportProgress: true,
        })
        .pipe(
          tap((event) => event.type === HttpEventType.DownloadProgress && loaded(event.loaded)),
          filter((event) => event.type === HttpEventType.Response),
          map((event) => ({
            body: event.body as Blob,
            name: /filename="([^"]+)"/.exec(event.headers.get('content-disposition') ?? '')?.[1] ?? `audit.${format}`,
          })),
          takeUntil(fromEvent(ended, 'abort')),
        ),
      { defaultValue: undefined },
    )
    return response
  }

  #get(params: Record<string, string | number | undefined>, ended: AbortSignal, headers?: HttpHeaders): Promise<Page> {
    const given = Object.entries(params).filter((pair): pair is [string, string | number] => pair[1] !== undefined)
    return firstValueFrom(
      this.#http
        .get<Page>(url, { params: Object.fromEntries(given), ...(headers ? { headers } : {}) })
        .pipe(takeUntil(fromEvent(ended, 'abort'))),
    )
  }
}
