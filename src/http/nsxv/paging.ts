import type { RecordPage } from '../../access/nsxv/record-index.ts'
import type { Members } from './document.ts'
import { flag, integer } from './query.ts'

const largestPage = 1024
const usualPage = 256

/**
 * The page of a log that a query asks for. Whatever else it wants to sort by, the order is that of the ids.
 *
 * @throws {AccessError} `invalid_field`
 * @see nsxv-api.md 4
 */
export function pageOf(query: unknown): RecordPage {
  return {
    startIndex: integer(query, 'startIndex', 0, 0, Number.MAX_SAFE_INTEGER),
    pageSize: integer(query, 'pageSize', usualPage, 1, largestPage),
    sortBy: (query as { sortBy?: unknown }).sortBy === 'timestamp' ? 'timestamp' : 'id',
    ascending: flag(query, 'sortOrderAscending') ?? true,
  }
}

/** @param id What the log calls the number of a line. */
export function pagingInfo(
  { startIndex, pageSize, sortBy, ascending }: RecordPage,
  total: number,
  id: string,
): Members {
  return {
    pageSize,
    startIndex,
    totalCount: total,
    sortOrderAscending: ascending,
    sortBy: sortBy === 'id' ? id : sortBy,
  }
}
