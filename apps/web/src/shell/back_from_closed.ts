/**
 * Goes back once more where Back seems to do nothing: from the list that took a closed panel's place in the browser's
 * history to the same list, from which the panel was opened. Returns what ends that.
 */
export function goBackFromClosed(): () => void {
  // Browsers without it need a second press.
  if (!('navigation' in globalThis)) return () => {}
  const { navigation } = globalThis
  const onChange = ({ from, navigationType }: NavigationCurrentEntryChangeEvent) => {
    const to = navigation.currentEntry
    const isBack = navigationType === 'traverse' && to !== null && to.index === from.index - 1
    if (isBack && to.url === from.url) history.back()
  }
  navigation.addEventListener('currententrychange', onChange)
  return () => navigation.removeEventListener('currententrychange', onChange)
}
