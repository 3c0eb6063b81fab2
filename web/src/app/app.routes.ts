import type { Routes } from '@angular/router'
import { pages } from './pages.ts'
import { mayOpen } from './session/may-open.ts'
import { Shell } from './shell/shell.ts'

export const routes: Routes = [
  {
    path: 'sign-in',
    title: 'Sign in',
    loadComponent: () => import('./session/sign-in.page.ts').then((file) => file.SignInPage),
  },
  {
    path: '',
    component: Shell,
    children: [
      { path: '', pathMatch: 'full', redirectTo: pages[0]?.path ?? 'sign-in' },
      ...pages.map((page) => ({
        path: page.path,
        title: page.title,
        canActivate: [mayOpen(page)],
        loadComponent: page.load,
      })),
      {
        path: 'not-allowed',
        title: 'Not allowed',
        loadComponent: () => import('./shell/not-allowed.page.ts').then((file) => file.NotAllowedPage),
      },
      {
        path: '**',
        title: 'No such page',
        loadComponent: () => import('./shell/no-such.page.ts').then((file) => file.NoSuchPage),
      },
    ],
  },
]
