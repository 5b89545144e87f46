import { expect, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { prefer, preferred, subscribeToPreferences, theme } from './preference.ts'

test('a choice is told to this page and to other tabs, until they are left', () => {
  const page = openPage()
  let told = 0
  const leave = subscribeToPreferences(() => told++)
  expect(preferred(theme)).toBe('system')
  prefer(theme, 'dark')
  expect([preferred(theme), told]).toEqual(['dark', 1])
  page.dispatch('storage')
  expect(told).toBe(2)
  leave()
  expect(page.listeners()).toBe(0)
  prefer(theme, 'light')
  expect(told).toBe(2)
})

test('what is stored by another version is the first choice', () => {
  openPage().storage.setItem(theme.name, 'sepia')
  expect(preferred(theme)).toBe('system')
})
