// Which page answers which address; each is loaded when it is first opened. The server answers index.html for all of them.
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteRecordRaw } from 'vue-router'
import { findSession, session } from './api/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown without a session and without the frame. */
    open?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'now', component: () => import('./pages/Now.vue') },
  { path: '/positions/:symbol?', name: 'positions', component: () => import('./pages/Positions.vue') },
  { path: '/orders/:id?', name: 'orders', component: () => import('./pages/Orders.vue') },
  { path: '/chart/:symbol?', name: 'chart', component: () => import('./pages/Chart.vue') },
  { path: '/alerts/:id?', name: 'alerts', component: () => import('./pages/Alerts.vue') },
  { path: '/incidents/:id?', name: 'incidents', component: () => import('./pages/Incidents.vue') },
  { path: '/approvals/:id?', name: 'approvals', component: () => import('./pages/Approvals.vue') },
  { path: '/strategies/:id?', name: 'strategies', component: () => import('./pages/Strategies.vue') },
  { path: '/health', name: 'health', component: () => import('./pages/Health.vue') },
  { path: '/events/:id?', name: 'events', component: () => import('./pages/Events.vue') },
  { path: '/trends/:id?', name: 'trends', component: () => import('./pages/Trends.vue') },
  { path: '/audit', name: 'audit', component: () => import('./pages/Audit.vue') },
  { path: '/checklists', name: 'checklists', component: () => import('./pages/Checklists.vue') },
  { path: '/settings', name: 'settings', component: () => import('./pages/Settings.vue') },
  { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: { open: true } },
  { path: '/enrol', name: 'enrol', component: () => import('./pages/Enrol.vue'), meta: { open: true } },
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('./pages/NotFound.vue') },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

/** Where to go after signing in: only a path of this site. */
export function wayBack(asked: unknown): string {
  const path = typeof asked === 'string' ? asked : ''
  return /^\/(?![/\\])/.test(path) ? path : '/'
}

export async function admit(to: RouteLocationNormalized): Promise<true | { name: string; query: Record<string, string> }> {
  if (session.value === undefined) await findSession()
  // Not known is not signed out: the frame says that the server does not answer.
  if (to.meta.open || session.value !== null) return true
  return { name: 'sign-in', query: to.fullPath === '/' ? {} : { back: to.fullPath } }
}

router.beforeEach(admit)
