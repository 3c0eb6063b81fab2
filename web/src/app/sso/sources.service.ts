import { HttpClient } from '@angular/common/http'
import { Injectable, inject } from '@angular/core'
import { firstValueFrom } from 'rxjs'
import type { GivenSource, IdentitySource, Probe } from './sources.ts'

const sources = '/sallyport/v1/sso/identity-sources'
const at = (id: string) => `${sources}/${encodeURIComponent(id)}`

/** The calls about vCenter's identity sources. */
@Injectable({ providedIn: 'root' })
export class SourcesService {
  readonly #http = inject(HttpClient)

  list = async (): Promise<IdentitySource[]> =>
    (await firstValueFrom(this.#http.get<{ results: IdentitySource[] }>(sources))).results
  put = ({ id, ...fields }: GivenSource) => firstValueFrom(this.#http.put<IdentitySource>(at(id), fields))
  remove = ({ id }: IdentitySource) => firstValueFrom(this.#http.delete(at(id)))

  /** Asks every server of a source. */
  probe = async (id: string): Promise<Probe[]> =>
    (await firstValueFrom(this.#http.post<{ results: Probe[] }>(`${at(id)}?action=probe`, null))).results
}
