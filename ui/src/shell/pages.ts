// The pages in the order of the navigation; the first five stand in the bar at the bottom of a phone.
import {
  Bell,
  Checked,
  Coin,
  DataLine,
  Document,
  Finished,
  Histogram,
  House,
  List,
  Lock,
  Operation,
  Setting,
  TrendCharts,
  WarnTriangleFilled,
} from '@element-plus/icons-vue'
import type { Component } from 'vue'

export interface Page {
  name: 'now' | 'positions' | 'orders' | 'chart' | 'alerts' | 'incidents' | 'approvals' | 'strategies' | 'health' | 'events'
    | 'trends' | 'audit' | 'checklists' | 'settings'
  path: string
  icon: Component
  group: 'watch' | 'act' | 'look'
}

export const PAGES: readonly Page[] = [
  { name: 'now', path: '/', icon: House, group: 'watch' },
  { name: 'positions', path: '/positions', icon: Coin, group: 'watch' },
  { name: 'orders', path: '/orders', icon: List, group: 'watch' },
  { name: 'chart', path: '/chart', icon: TrendCharts, group: 'watch' },
  { name: 'alerts', path: '/alerts', icon: Bell, group: 'act' },
  { name: 'incidents', path: '/incidents', icon: WarnTriangleFilled, group: 'act' },
  { name: 'approvals', path: '/approvals', icon: Checked, group: 'act' },
  { name: 'strategies', path: '/strategies', icon: Operation, group: 'act' },
  { name: 'health', path: '/health', icon: DataLine, group: 'look' },
  { name: 'events', path: '/events', icon: Document, group: 'look' },
  { name: 'trends', path: '/trends', icon: Histogram, group: 'look' },
  { name: 'audit', path: '/audit', icon: Lock, group: 'look' },
  { name: 'checklists', path: '/checklists', icon: Finished, group: 'look' },
  { name: 'settings', path: '/settings', icon: Setting, group: 'look' },
]

/** Five most used, for thumbs. */
export const ON_PHONES: readonly Page['name'][] = ['now', 'positions', 'alerts', 'approvals']
