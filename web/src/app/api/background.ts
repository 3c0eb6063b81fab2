import { HttpContext, HttpContextToken } from '@angular/common/http'

/** Whether the page asks by itself: no session lives on by it. */
export const isBackground = new HttpContextToken(() => false)

/** For calls to `/sallyport/v1` that nobody made with their own hands. */
export const background = (): { context: HttpContext } => ({ context: new HttpContext().set(isBackground, true) })
