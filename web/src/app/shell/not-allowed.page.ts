import { Component } from '@angular/core'

@Component({
  selector: 'sp-not-allowed',
  template: `
    <h1>Not allowed</h1>
    <p>Your roles do not let you read this page. Somebody who manages users can give you a role that does.</p>
  `,
})
export class NotAllowedPage {}
