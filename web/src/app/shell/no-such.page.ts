import { Component } from '@angular/core'
import { RouterLink } from '@angular/router'

@Component({
  selector: 'sp-no-such',
  imports: [RouterLink],
  template: `
    <h1>No such page</h1>
    <p>Nothing is at this address. <a routerLink="/">Go to the first page.</a></p>
  `,
})
export class NoSuchPage {}
