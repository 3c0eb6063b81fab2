import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { AccessError } from '../../errors.ts'
import { defaultPageSize, largestPageSize } from '../inferred.ts'

/** Which part of a list is asked for. */
export interface Iteration {
  /** 1 and up; a page has no more than `largestPageSize` all the same. */
  pageSize?: number | undefined
  /** Of the page before. */
  marker?: string | undefined
}

export interface Page<Item> {
  items: Item[]
  /** Undefined on the last page. */
  marker: string | undefined
}

interface Place<Filter> {
  filter: Filter | undefined
  /** Id of the last item of the page before. */
  after: string
}

/**
 * Pages of one kind of list, in the order of the items' ids as texts. A marker says what the list is of and how far it
 * has come, so that nothing about it is kept here; nobody but this process can make one.
 *
 * @see vcenter-api.md 2.1, paging
 */
export function createPages<Filter extends object, Item>(idOf: (item: Item) => string) {
  const key = randomBytes(32)
  const seal = (text: string) => createHmac('sha256', key).update(text).digest()

  function markerOf(place: Place<Filter>): string {
    const text = Buffer.from(JSON.stringify(place)).toString('base64url')
    return `${text}.${seal(text).toString('base64url')}`
  }

  /** @throws {AccessError} `invalid_field` */
  function read(marker: string): Place<Filter> {
    const [text = '', mark = '', ...others] = marker.split('.')
    const expected = seal(text)
    const given = Buffer.from(mark, 'base64url')
    if (others.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new AccessError('invalid_field', 'The marker is none that this list gave', { field: 'marker' })
    }
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  }

  return {
    /**
     * @param filter What the list is of; one without any field is none.
     * @param itemsOf All items that the filter lets pass.
     * @throws {AccessError} `invalid_field` for a marker that is none, or together with a filter, and for an empty page.
     */
    page(
      filter: Filter | undefined,
      iteration: Iteration,
      itemsOf: (filter: Filter | undefined) => Item[],
    ): Page<Item> {
      const { pageSize: asked = defaultPageSize, marker } = iteration
      if (!Number.isInteger(asked) || asked < 1) {
        throw new AccessError('invalid_field', 'A page has at least one item', { field: 'page_size' })
      }
      const pageSize = Math.min(asked, largestPageSize)
      const given = filter && Object.values(filter).some((value) => value !== undefined) ? filter : undefined
      if (given && marker !== undefined) {
        throw new AccessError('invalid_field', 'A marker and a filter cannot go together', { field: 'marker' })
      }
      const place = marker === undefined ? { filter: given, after: undefined } : read(marker)
      const { after } = place
      const items = itemsOf(place.filter)
        .map((item) => ({ id: idOf(item), item }))
        .filter(({ id }) => after === undefined || id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      const last = items.length > pageSize ? items[pageSize - 1] : undefined
      return {
        items: items.slice(0, pageSize).map(({ item }) => item),
        marker: last && markerOf({ filter: place.filter, after: last.id }),
      }
    },
  }
}
