import { expect, test } from 'vitest'
import { hrefOf, namesView, routeOf, type Route } from './route.ts'

test.each<[string, Route]>([
  ['#/today', { view: 'today' }],
  ['#/upcoming?priority=high', { view: 'upcoming', priority: 'high' }],
  ['#/all/history/57', { view: 'all', panel: 'history', id: 57 }],
  ['#/all/task/-12?sort=title', { view: 'all', panel: 'task', id: -12, sort: 'title' }],
  ['#/tag/c%2B%2B%20%2F%20c%23', { view: 'tag', tag: 'c++ / c#' }],
  ['#/tag/home/chat?search=50%25%20%26%20more', { view: 'tag', tag: 'home', panel: 'chat', search: '50% & more' }],
])('%s is read and written', (hash, route) => {
  expect(routeOf(hash)).toEqual(route)
  expect(hrefOf(route)).toBe(hash)
})

test('only an address of a view names one', () => {
  expect(['', '#/', '#/today', '#/tag/home/chat?sort=title'].every(namesView)).toBe(true)
  expect(['#/nope', '#/login', '#/pending'].some(namesView)).toBe(false)
})

test.each<[string, Route]>([
  ['', { view: 'today' }],
  ['#/nope', { view: 'today' }],
  ['#/login', { view: 'today' }],
  ['#/pending', { view: 'all' }],
  ['#/tag', { view: 'all' }],
  ['#/tag/%E0%A4%A', { view: 'tag', tag: '%E0%A4%A' }],
  ['#/all/nope/3', { view: 'all' }],
  ['#/all/history/x?priority=urgent&search=', { view: 'all', panel: 'history' }],
])('%s leads to a view that exists', (hash, route) => {
  expect(routeOf(hash)).toEqual(route)
})
